"""The pages of practice. Answers stay in a cookie of their own; the server keeps nothing."""

from django.http import Http404
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.http import require_POST, require_safe

from learning.practice import city, pages
from learning.practice.comparing import compare
from learning.practice.guide import JAR, PracticeGuide
from referrals import answers, words
from referrals.plan_page import plan_page
from referrals.views import QuestionPage
from referrals.visiting import SeeOther, context, remember, visit


def guide_of(request, case):
    """The guide of the case with this code, or 404."""
    found = city.all_cases().get(case)
    if found is None:
        raise Http404
    return PracticeGuide(found)


@require_safe
def index(request):
    """Every case by its group. Which are done the device knows alone."""
    return render(request, "practice/index.html", {"groups": pages.groups(city.all_cases())})


@require_safe
def scene(request, case):
    """What the worker sees and hears, and the way into the guide."""
    seen = visit(request, guide_of(request, case))
    shown = context(seen, case=pages.case_page(seen.guide.case), go_on=seen.next_address)
    return remember(render(request, "practice/case.html", shown | {"seen": seen}), seen)


class PracticeQuestionPage(QuestionPage):
    """A question of the real guide, with the scene within reach."""

    guide_of = staticmethod(guide_of)
    template_name = "practice/question.html"


@require_safe
def plan(request, case):
    """The plan of the real guide for the answers on the device."""
    seen = visit(request, guide_of(request, case))
    language = translation.get_language()
    made = seen.guide.plan(seen.journey.facts, language)
    with timezone.override(made.at.tzinfo):
        page = plan_page(made, seen, words.need_titles(language))
        return remember(render(request, "practice/plan.html", context(seen, page=page)), seen)


@require_safe
def comparison(request, case):
    """The learner's plan beside the reviewed one, and why they differ; without answers, the scene."""
    seen = visit(request, guide_of(request, case))
    if not seen.answers:
        return SeeOther(seen.guide.home_address)
    here = seen.guide
    made = compare(here.course, seen.answers, here.case.facts)
    titles = words.need_titles(translation.get_language())
    page = pages.comparison_page(made, seen, titles)
    shown = context(seen, page=page, case=pages.case_page(here.case))
    return remember(render(request, "practice/comparison.html", shown), seen)


@require_POST
def start_again(request, case):
    """Forget the answers of the practice and ask the first question."""
    response = SeeOther(guide_of(request, case).first_address)
    answers.clear(response, JAR)
    return response


@require_safe
def print_case(request, case):
    """One case on two sheets, for a day of training."""
    return _print(request, [guide_of(request, case).case])


@require_safe
def print_group(request, group):
    """All cases of a group, two sheets each."""
    found = [case for case in city.all_cases().values() if case.group == group]
    if not found:
        raise Http404
    return _print(request, found)


def _print(request, cases):
    titles = words.need_titles(translation.get_language())
    sheets = [pages.sheets(PracticeGuide(case), titles) for case in cases]
    return render(request, "practice/print.html", {"cases": sheets})

"""The pages of the guide: one question a page, then the plan."""

from django.http import Http404
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.http import require_POST, require_safe
from django.views.generic import View

from referrals import answers, guide, planning, tried, words
from referrals.forms import AnswerForm
from referrals.pathway.plan import NoDoorError
from referrals.plan_page import plan_page
from referrals.question_page import question_page
from referrals.statistics import dead_ends
from referrals.visiting import SeeOther, city_or_404, context, remember, visit, visit_with
from services.keeping import shown
from services.visibility import Audience


@require_safe
def start(request, city):
    """The first question at once; with answers on the device, first whether they are still meant.

    Else the answers of one person would shape the plan of the next.
    """
    seen = visit(request, city_or_404(city))
    if not (seen.answers or seen.tried):
        return SeeOther(seen.next_address)
    facts = context(seen, go_on=seen.next_address)
    return remember(render(request, "referrals/start.html", facts), seen)


class QuestionPage(View):
    """One question, if the answers lead to it; else the one to which they lead.

    Where no answer is left the first question is shown at once: a redirect could not say why.
    """

    def dispatch(self, request, city, question):
        self.seen = visit(request, city_or_404(city))
        self.question = self.seen.pathway.question(question)
        if self.question is None:
            raise Http404
        if not self.seen.may_open(self.question) and not self.seen.answers:
            return self._forgotten(request)
        if not self.seen.may_open(self.question):
            return remember(SeeOther(self.seen.next_address), self.seen)
        return super().dispatch(request)

    def get(self, request):
        form = AnswerForm(self.question, answer=self.seen.answers.get(self.question.id))
        return self._page(form)

    def post(self, request):
        form = AnswerForm(self.question, posted=request.POST)
        to_plan = request.POST.get("then") == "plan"
        if to_plan and form.is_untouched:
            return remember(SeeOther(guide.plan_address(self.seen.city)), self.seen)
        if form.errors:
            return self._page(form)
        changed = {**self.seen.answers, self.question.id: form.answer}
        seen = visit_with(self.seen.city, changed, self.seen.audience, self.seen.beside)
        address = guide.plan_address(seen.city) if to_plan else seen.next_address
        return remember(SeeOther(address), seen)

    def _page(self, form):
        return remember(_question(self.request, self.seen, form), self.seen)

    def _forgotten(self, request):
        form = AnswerForm(self.seen.journey.next)
        return _question(request, self.seen, form, is_forgotten=True)


def _question(request, seen, form, **how):
    facts = context(seen, page=question_page(seen, form, **how))
    return render(request, "referrals/question.html", facts)


@require_safe
def plan(request, city):
    """The plan for what is known so far."""
    seen = visit(request, city_or_404(city))
    language = translation.get_language()
    told = planning.told_for(seen.city, seen.journey.facts, seen.audience)
    told |= tried.as_told(seen.tried)
    try:
        made = planning.plan_for(seen.city, seen.journey.facts, language, seen.audience, told)
    except NoDoorError:
        return render(request, "referrals/no_services.html", context(seen), status=503)
    if request.method == "GET":
        shown.note({door.listing.id for step in made.steps for door in step.options})
        seen = dead_ends.counted(seen, made)
    with timezone.override(made.at.tzinfo):
        page = plan_page(made, seen, words.need_titles(language))
        # Without a yes nothing is passed on: nobody is asked to press for one.
        may_refer = seen.audience is not Audience.PUBLIC and not page.is_refused
        shown_with = context(seen, page=page, may_refer=may_refer)
        return remember(render(request, "referrals/plan.html", shown_with), seen)


@require_POST
def start_again(request, city):
    """Forget the answers and ask the first question."""
    response = SeeOther(guide.start_address(city_or_404(city)))
    answers.clear(response)
    return response

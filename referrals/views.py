"""The pages of the guide: one question a page, then the plan."""

from django.http import Http404
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.http import require_POST, require_safe
from django.views.generic import View

from referrals import answers, planning, tried, words
from referrals.forms import AnswerForm
from referrals.pathway.plan import NoDoorError
from referrals.plan_page import plan_page
from referrals.question_page import question_page
from referrals.statistics import dead_ends
from referrals.visiting import SeeOther, city_guide, context, remember, visit, visit_with
from services.keeping import shown
from services.visibility import Audience


@require_safe
def start(request, city):
    """The first question at once; with answers on the device, first whether they are still meant.

    Else the answers of one person would shape the plan of the next.
    """
    seen = visit(request, city_guide(request, city))
    if not (seen.answers or seen.tried):
        return SeeOther(seen.next_address)
    facts = context(seen, go_on=seen.next_address)
    return remember(render(request, "referrals/start.html", facts), seen)


class QuestionPage(View):
    """One question, if the answers lead to it; else the one to which they lead.

    Where no answer is left the first question is shown at once: a redirect could not say why.
    `guide_of` finds the guide by the rest of the address.
    """

    guide_of = staticmethod(city_guide)
    template_name = "referrals/question.html"

    def dispatch(self, request, question, **where):
        self.seen = visit(request, self.guide_of(request, **where))
        self.question = self.seen.pathway.question(question)
        if self.question is None:
            raise Http404
        if not self.seen.may_open(self.question) and not self.seen.answers:
            return self._forgotten()
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
            return remember(SeeOther(self.seen.guide.plan_address), self.seen)
        if form.errors:
            return self._page(form)
        changed = {**self.seen.answers, self.question.id: form.answer}
        seen = visit_with(self.seen.guide, changed, self.seen.beside)
        address = seen.guide.plan_address if to_plan else seen.next_address
        return remember(SeeOther(address), seen)

    def _page(self, form):
        return remember(self._question(form), self.seen)

    def _forgotten(self):
        form = AnswerForm(self.seen.journey.next)
        return self._question(form, is_forgotten=True)

    def _question(self, form, **how):
        facts = context(self.seen, page=question_page(self.seen, form, **how))
        return render(self.request, self.template_name, facts)


@require_safe
def plan(request, city):
    """The plan for what is known so far."""
    seen = visit(request, city_guide(request, city))
    language = translation.get_language()
    told = planning.told_for(seen.city, seen.journey.facts, seen.audience)
    told |= tried.as_told(seen.tried)
    try:
        made = seen.guide.plan(seen.journey.facts, language, told)
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
    response = SeeOther(city_guide(request, city).start_address)
    answers.clear(response)
    return response

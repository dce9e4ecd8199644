"""The pages of the guide: one question a page, then the plan."""

from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone, translation
from django.views.decorators.http import require_POST, require_safe
from django.views.generic import View

from referrals import answers, guide, planning, words
from referrals.forms import AnswerForm
from referrals.pathway.plan import NoDoorError
from referrals.plan_page import plan_page
from referrals.question_page import question_page
from referrals.statistics import dead_ends
from services.keeping import shown
from services.models import City
from services.roles import standing_of
from services.visibility import Audience


class SeeOther(HttpResponseRedirect):
    """Go on with a GET, so that reloading sends no answer twice."""

    status_code = 303


@require_safe
def start(request, city):
    """The first question at once; with answers on the device, first whether they are still meant.

    Else the answers of one person would shape the plan of the next.
    """
    seen = _visit(request, _city(city))
    if not seen.answers:
        return SeeOther(seen.next_address)
    context = _context(seen, go_on=seen.next_address)
    return _remember(render(request, "referrals/start.html", context), seen)


class QuestionPage(View):
    """One question, if the answers lead to it; else the one to which they lead.

    Where no answer is left the first question is shown at once: a redirect could not say why.
    """

    def dispatch(self, request, city, question):
        self.seen = _visit(request, _city(city))
        self.question = self.seen.pathway.question(question)
        if self.question is None:
            raise Http404
        if not self.seen.may_open(self.question) and not self.seen.answers:
            return self._forgotten(request)
        if not self.seen.may_open(self.question):
            return _remember(SeeOther(self.seen.next_address), self.seen)
        return super().dispatch(request)

    def get(self, request):
        form = AnswerForm(self.question, answer=self.seen.answers.get(self.question.id))
        return self._page(form)

    def post(self, request):
        form = AnswerForm(self.question, posted=request.POST)
        to_plan = request.POST.get("then") == "plan"
        if to_plan and form.is_untouched:
            return _remember(SeeOther(guide.plan_address(self.seen.city)), self.seen)
        if form.errors:
            return self._page(form)
        changed = {**self.seen.answers, self.question.id: form.answer}
        seen = _visit_with(self.seen.city, changed, self.seen.audience, self.seen.counted)
        address = guide.plan_address(seen.city) if to_plan else seen.next_address
        return _remember(SeeOther(address), seen)

    def _page(self, form):
        return _remember(_question(self.request, self.seen, form), self.seen)

    def _forgotten(self, request):
        form = AnswerForm(self.seen.journey.next)
        return _question(request, self.seen, form, is_forgotten=True)


def _question(request, seen, form, **how):
    context = _context(seen, page=question_page(seen, form, **how))
    return render(request, "referrals/question.html", context)


@require_safe
def plan(request, city):
    """The plan for what is known so far."""
    seen = _visit(request, _city(city))
    language = translation.get_language()
    try:
        made = planning.plan_for(seen.city, seen.journey.facts, language, seen.audience)
    except NoDoorError:
        return render(request, "referrals/no_services.html", _context(seen), status=503)
    if request.method == "GET":
        shown.note({door.listing.id for step in made.steps for door in step.options})
        seen = dead_ends.counted(seen, made)
    with timezone.override(made.at.tzinfo):
        page = plan_page(made, seen, words.need_titles(language))
        # Without a yes nothing is passed on: nobody is asked to press for one.
        may_refer = seen.audience is not Audience.PUBLIC and not page.is_refused
        context = _context(seen, page=page, may_refer=may_refer)
        return _remember(render(request, "referrals/plan.html", context), seen)


@require_POST
def start_again(request, city):
    """Forget the answers and ask the first question."""
    response = SeeOther(guide.start_address(_city(city)))
    answers.clear(response)
    return response


def _city(slug):
    """Costs two queries: the city with its country, and its names."""
    cities = City.objects.select_related("country").prefetch_related("translations")
    return get_object_or_404(cities, slug=slug)


def _visit(request, city):
    audience = standing_of(request).page_audience(city)
    counted = answers.read_counted(request, city)
    return _visit_with(city, answers.read(request, city), audience, counted)


def _visit_with(city, given, audience, counted):
    return guide.visit(city, given, translation.get_language(), audience, counted)


def _context(seen, **more):
    return {"city": seen.city, "audience": seen.audience} | more


def _remember(response, seen):
    """Renew the idle time of the answers on the device; where there are none, set nothing."""
    if seen.answers:
        answers.write(response, seen.city, seen.answers, seen.counted)
    return response

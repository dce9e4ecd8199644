"""Making a card on the worker's device, and asking later whether it is still right."""

from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.shortcuts import render
from django.utils import translation
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods
from django.views.generic import View

from referrals import planning, visiting
from referrals.card import codes
from referrals.card.page import card_page
from referrals.card.words import every_language, known
from referrals.pathway.plan import NoDoorError
from services.visibility import Audience


class LanguageForm(forms.Form):
    """The language of the card. It is posted: an address would tell it to the history of the browser."""

    language = forms.ChoiceField(choices=lambda: [(tag, tag) for tag in every_language()])


@require_http_methods(["GET", "HEAD", "POST"])
def make(request, city):
    """The numbers of this device's plan to choose from. What is chosen never reaches the server.

    Whoever makes it, only what everybody may see is offered: a card is passed on.
    """
    seen = visiting.visit(request, visiting.city_guide(request, city))
    facts = seen.journey.facts
    try:
        plan = planning.plan_for(seen.city, facts, translation.get_language(), Audience.PUBLIC)
    except NoDoorError:
        context = visiting.context(seen)
        return render(request, "referrals/no_services.html", context, status=503)
    # A card is read far from the desk, where its name inside the house leads nowhere.
    host = urlsplit(settings.SITE_URL).netloc or request.get_host()
    page = card_page(seen.city, plan, _language(request, facts), host)
    response = render(request, "referrals/card.html", visiting.context(seen, page=page))
    return visiting.remember(response, seen)


def _language(request, facts):
    """The language asked for, else the first one the person speaks that the card has, else the page's."""
    form = LanguageForm(request.POST)
    if request.method == "POST" and form.is_valid():
        return form.cleaned_data["language"]
    own = (tag for tag in facts.languages if tag in every_language())
    return next(own, translation.get_language())


class StillRightForm(forms.Form):
    """A code of a card."""

    code = forms.CharField(max_length=40, label=_("Code"))


# It changes nothing, so it takes no token: that would be a cookie on the device of the person.
@method_decorator(csrf_exempt, name="dispatch")
class StillRight(View):
    """Whether a number of a card still stands in the directory; neither which number, nor what it is.

    In the language of the reader's browser, as far as cards have it. The code is posted and kept nowhere.
    """

    def dispatch(self, request, city):
        self.city = visiting.city_or_404(city)
        self.words = known(_wanted(request))
        return super().dispatch(request)

    def get(self, request):
        return self._page()

    def post(self, request):
        if "code" not in request.POST:  # Another language was chosen.
            return self._page()
        form = StillRightForm(request.POST)
        code = codes.read(form.cleaned_data["code"]) if form.is_valid() else None
        if code is None:
            return self._page("mistyped", status=400)
        listings = planning.public_listings(self.city, translation.get_language())
        return self._page("right" if codes.is_right(code, listings) else "changed")

    def _page(self, answer="", status=200):
        facts = {
            "city": self.city,
            "words": self.words,
            "card_languages": every_language().values(),
            "answer": getattr(self.words, answer) if answer else "",
            "answered": answer,
        }
        return render(self.request, "referrals/still_right.html", facts, status=status)


def _wanted(request):
    """The language chosen on the page, else the first of the browser's that cards have, else the page's."""
    chosen = LanguageForm(request.POST)
    if chosen.is_valid():
        return chosen.cleaned_data["language"]
    accepted = request.headers.get("Accept-Language", "")
    tags = (tag for tag, _q in translation.trans_real.parse_accept_lang_header(accepted))
    return next(
        (tag for tag in tags if tag.split("-")[0] in every_language()), translation.get_language()
    )

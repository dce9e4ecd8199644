"""What refusals propose, as an editor sees and decides it."""

import pytest

from services.confirming import proposals
from services.models import Confirmation, Criterion, Proposal
from tests.factories import make_city, make_service
from tests.people import browser_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def city():
    return make_city("harbour")


@pytest.fixture
def service(city):
    return make_service(
        city, criteria={"with-children": {"stance": "takes", "note": "two at most"}}
    )


@pytest.fixture
def editor(city):
    return browser_of("editor", city)


def decide(editor, city, proposal, do):
    return editor.post(f"/office/{city.slug}/proposals/{proposal.pk}/", {"do": do, "sure": "yes"})


def test_it_is_shown_in_words_and_accepted(city, service, editor):
    proposal = proposals.propose_criterion(service.pk, "with-children", "en")
    page = editor.get(f"/office/{city.slug}/proposals/").content.decode()
    for words in ("people who bring children", "<del>takes</del>", "<ins>asks first</ins>"):
        assert words in page
    assert decide(editor, city, proposal, "accept").status_code == 302
    criterion = Criterion.objects.get(service=service)
    assert (criterion.stance, criterion.note) == ("asks-first", "")
    # Nobody of the service said so: nothing is confirmed by it.
    assert not Confirmation.objects.filter(service=service).exists()


def test_it_is_declined_and_changes_nothing(city, service, editor):
    proposal = proposals.propose_criterion(service.pk, "with-children", "en")
    assert decide(editor, city, proposal, "decline").status_code == 302
    assert Criterion.objects.get(service=service).stance == "takes"


def test_the_same_waits_once_and_a_no_is_no_news(service):
    assert proposals.propose_criterion(service.pk, "with-children", "en")
    assert proposals.propose_criterion(service.pk, "with-children", "en") is None
    Proposal.objects.all().delete()
    service.criteria.update(stance="does-not-take")
    assert proposals.propose_criterion(service.pk, "with-children", "en") is None


def test_what_the_listing_says_otherwise_by_now_is_a_conflict(city, service, editor):
    proposal = proposals.propose_criterion(service.pk, "with-children", "en")
    service.criteria.update(stance="asks-first")
    assert decide(editor, city, proposal, "accept").status_code == 409
    assert Criterion.objects.get(service=service).stance == "asks-first"

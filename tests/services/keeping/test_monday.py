"""A Monday morning: what is to do, how old and how often shown it is, and doing it."""

import datetime
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from services import consequences
from services.keeping import acts, shown
from services.models import Confirmation, Service, Shown
from tests.factories import make_city, make_service
from tests.people import browser_of

pytestmark = pytest.mark.django_db

FRESH = [{"field_group": group, "by": "city"} for group in Confirmation.FieldGroup.values]


@pytest.fixture
def town():
    return make_city("harbourtown", name="Harbourtown")


@pytest.fixture
def editor(town):
    return browser_of("editor", town)


def at(town, service=None, act="confirm"):
    if service is None:
        return reverse("office-listings", args=[town.slug])
    return reverse(f"office-{act}", args=[town.slug, service.pk])


def confirm(service, *groups):
    service.refresh_from_db()
    return {"groups": groups, "seen": acts.stamp(service)}


def text(response):
    return response.content.decode()


def make_monday(town):
    soon = timezone.now() + datetime.timedelta(days=1)
    make_service(town, name="Fine", confirmations=FRESH)
    make_service(town, name="Seldom", confirmations=FRESH[1:])
    often = make_service(town, name="Often", confirmations=FRESH[1:])
    Shown.objects.create(service=often, week=shown.this_week(), count=48)
    full = {"capacity": "full", "capacity_until": soon}
    make_service(town, name="Full", confirmations=FRESH, **full)
    make_service(town, name="Doubtful", confirmations=FRESH, marks=[{"kind": "verify"}])
    make_service(town, name="Silent", confirmations=FRESH, phones=[])
    make_service(town, name="Draft", status="draft")
    make_service(town, name="Imported", status="draft", loaded_from="hsds:1")
    make_service(town, name="Secret", visibility="sealed", confirmations=FRESH[1:])


def test_the_start_page_says_what_to_do_in_order_and_leads_there(town, editor):
    make_monday(town)
    page = editor.get(reverse("office-city", args=[town.slug]))
    tasks = page.context["tasks"]
    assert [(task.count, task.address.partition("show=")[2]) for task in tasks] == [
        (1, "capacity"),
        (2, "old"),
        (1, "doubts"),
        (1, "drafts"),
        (1, "imported"),
        (1, "phoneless"),
    ]
    for task in tasks:
        found = editor.get(task.address).context["page"].found
        assert len(found) == task.count
    old = editor.get(tasks[1].address)
    assert [line.name for line in old.context["page"].lines] == ["Often", "Seldom"]
    assert "Shown about 40 times" in text(old)
    assert "Recently changed" in text(page)
    assert "Secret" not in text(page)
    administrator = browser_of("administrator", town).get(reverse("office-city", args=[town.slug]))
    assert [task.count for task in administrator.context["tasks"]][1] == 3


def test_a_worker_and_the_network_are_given_no_tasks_of_editors(town):
    make_monday(town)
    readiness = reverse("readiness", args=[town.slug])
    for browser, given in ((browser_of("worker", town), []), (browser_of("network"), [readiness])):
        page = browser.get(reverse("office-city", args=[town.slug]))
        assert [task.address for task in page.context["tasks"]] == given
        assert reverse("guide", args=[town.slug]) in text(page)
        assert "Recently changed" not in text(page)


def test_the_list_is_searched_leafed_through_and_asks_the_database_little(
    town, editor, django_assert_max_num_queries
):
    for number in range(22):
        make_service(town, name=f"House {number:02}", needs=["housing"] if number else ["shelter"])
    with django_assert_max_num_queries(13):
        first = editor.get(at(town))
    assert len(first.context["page"].lines) == 20
    with django_assert_max_num_queries(14):
        second = editor.get(at(town), {"page": 2, "need": "housing", "show": "old"})
    assert len(second.context["page"].lines) == 1
    assert len(editor.get(at(town), {"text": "hous 00"}).context["page"].found) == 1
    for wrong in ({"show": "nonsense"}, {"need": "nonsense"}, {"page": "x"}, {"text": "\0"}):
        assert editor.get(at(town), wrong).status_code == 400
    assert editor.get(at(town), {"text": "zzzz"}).context["page"].found == []


def test_one_tap_confirms_and_a_second_changes_nothing(town, editor):
    service = make_service(town, name="Quay House")
    page = text(editor.get(at(town)))
    assert at(town, service) in page
    sent = confirm(service, *Confirmation.FieldGroup.values) | {"back": "show=old&page=1&x=y"}
    answer = editor.post(at(town, service), sent)
    assert answer["Location"] == f"{at(town)}?show=old&page=1"
    # Of free places it says nothing, so nothing of them is confirmed.
    groups = ["acceptance", "contact", "hours", "rest"]
    rows = Confirmation.objects.order_by("field_group")
    assert list(rows.values_list("field_group", "by")) == [(group, "city") for group in groups]
    assert editor.post(at(town, service), sent).status_code == 302
    assert Confirmation.objects.count() == 4
    assert "was confirmed just before" in text(editor.get(at(town)))
    assert not service.confirmations.filter(field_group="capacity").exists()


def test_what_changed_meanwhile_is_shown_before_it_is_confirmed(town, editor):
    service = make_service(town, name="Quay House", email="old@example.org")
    sent = confirm(service, "contact")
    assert "old@example.org" in text(editor.get(at(town, service)))
    service.email = "new@example.org"
    service.save()
    answer = editor.post(at(town, service), sent)
    assert answer.status_code == 409
    assert "new@example.org" in text(answer)
    assert not Confirmation.objects.exists()
    assert editor.post(at(town, service), confirm(service, "contact")).status_code == 302
    assert Confirmation.objects.get().field_group == "contact"
    for wrong in ({}, {"groups": ["nonsense"], "seen": "x"}, {"groups": ["rest"], "seen": "\0"}):
        assert editor.post(at(town, service), wrong).status_code == 400


def test_free_places_are_noted_with_their_end(town, editor):
    service = make_service(town)
    day = (timezone.now() + datetime.timedelta(days=3)).date()
    sent = {"do": "capacity", "capacity": "full", "until": f"{day}"}
    for _twice in range(2):
        assert editor.post(at(town, service), sent).status_code == 302
    service.refresh_from_db()
    local = service.capacity_until.astimezone(datetime.timezone(datetime.timedelta(hours=1)))
    assert (service.capacity, local.date()) in {
        ("full", day),
        ("full", day + datetime.timedelta(days=1)),
    }
    assert Confirmation.objects.get().field_group == "capacity"
    for wrong in ({"until": ""}, {"until": "2020-01-01"}, {"until": "x"}, {"capacity": "many"}):
        assert editor.post(at(town, service), sent | wrong).status_code == 400
    assert editor.post(at(town, service), sent | {"capacity": "unknown"}).status_code == 302
    service.refresh_from_db()
    assert (service.capacity, service.capacity_until) == ("unknown", None)
    assert not Confirmation.objects.exists()


def test_a_draft_is_published_once_nothing_vital_is_missing(town, editor):
    draft = make_service(town, status="draft", needs=[], phones=[], place=None)
    page = text(editor.get(at(town, draft, "publish")))
    assert "filed under no need" in page
    assert "no way to reach it" in page
    assert "No opening hours are known" in page
    assert editor.post(at(town, draft, "publish")).status_code == 409
    draft.needs.set(make_service(town, needs=["housing"]).needs.all())
    draft.phones.create(number="+32 2 555 01 00")
    assert editor.post(at(town, draft, "publish")).status_code == 302
    assert editor.post(at(town, draft, "publish")).status_code == 302
    draft.refresh_from_db()
    assert draft.status == Service.Status.PUBLISHED


def test_withdrawing_says_first_what_would_be_lost(town, editor, monkeypatch):
    service = make_service(town, name="Quay House")

    def find(city, before, after):
        if after is None:
            yield f"after {before.name} no bed is left"

    monkeypatch.setattr(consequences, "_finders", [find])
    page = text(editor.get(at(town, service, "withdraw")))
    assert "Harbourtown: after Quay House no bed is left" in page
    service.refresh_from_db()
    assert service.status == Service.Status.PUBLISHED
    for _twice in range(2):
        assert editor.post(at(town, service, "withdraw")).status_code == 302
    service.refresh_from_db()
    assert service.status == Service.Status.WITHDRAWN


def test_what_is_not_theirs_does_not_exist(town, editor):
    theirs = make_service(make_city("faraway", country="IT"))
    sealed = make_service(town, visibility="sealed")
    nothing = Service(pk=uuid.uuid4())
    for service in (theirs, sealed, nothing):
        for act in ("confirm", "publish", "withdraw", "preview", "place"):
            assert editor.get(at(town, service, act)).status_code == 404
            if act != "preview":
                assert editor.post(at(town, service, act), {"do": "save"}).status_code == 404
    assert set(Service.objects.values_list("status", flat=True)) == {"published"}
    assert not Confirmation.objects.exists()

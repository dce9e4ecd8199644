"""A new key takes the place of an old one while the site serves."""

import io

import pytest
from django.core.management import CommandError, call_command

from services import at_rest, history, resealing
from services.models import Location, Phone, Service
from tests import factories
from tests.services.sealed.conftest import KEYS, found


def run(*arguments):
    out = io.StringIO()
    call_command("rotate_sealing_keys", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def old(settings, refuge):
    """The refuge, sealed by the first key, after a second one was put before it."""
    refuge.email = "desk@lamp.example"
    refuge.save()
    history.settle()
    settings.SEALING_KEYS = KEYS[:1]
    resealing.reseal()
    return refuge


@pytest.fixture(autouse=True)
def old_key_known(settings):
    """What the factories seal is opened by the first of the keys, as if it were the site's."""
    settings.SEALING_KEYS = KEYS[:1]


def test_everything_is_sealed_anew_and_the_old_key_may_go(settings, old):
    settings.SEALING_KEYS = KEYS[1::-1]
    rows = sum(resealing.counts().values())
    assert rows >= 5
    assert f"({at_rest.sealing_keys()[1].id}): {rows} rows. Keep it" in run("--check")
    said = run()
    assert f"Sealed anew: {rows} rows." in said
    assert "0 rows. It may be dropped" in said
    settings.SEALING_KEYS = KEYS[1:2]
    assert Location.objects.get().street == "zanzibar7 street 1"
    assert Phone.objects.get(visibility="sealed").number == "+3225557732"
    assert Service.objects.get(pk=old.pk).sealed_note == "zanzibar7 note"
    assert old.versions.first().state["fields"]["sealed_note"] == "zanzibar7 note"
    assert found() == []
    assert "Sealed anew: 0 rows." in run()


def test_a_check_changes_nothing(settings, old):
    settings.SEALING_KEYS = KEYS[1::-1]
    before = Location.objects.get().sealed_details
    run("--check")
    assert Location.objects.get().sealed_details == before


def test_what_is_saved_meanwhile_stays_as_saved(settings, old, monkeypatch):
    settings.SEALING_KEYS = KEYS[1::-1]
    opened, place = at_rest.opened, Location.objects.get()
    saved = []

    def saves_first(purpose, bound, box):
        if purpose == "services.location" and not saved:
            saved.append(True)
            place.street = "Saved meanwhile 1"
            place.save()
        return opened(purpose, bound, box)

    monkeypatch.setattr(at_rest, "opened", saves_first)
    run()
    assert Location.objects.get().street == "Saved meanwhile 1"


def test_it_goes_on_where_it_was_stopped(settings, old, city, monkeypatch):
    for number in range(5):
        Location.objects.create(visibility="sealed", street=f"Quay {number}")
    settings.SEALING_KEYS = KEYS[1::-1]
    monkeypatch.setattr(resealing, "BATCH", 2)
    heard = []

    def stop(rows):
        heard.append(rows)
        if len(heard) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        resealing.reseal(stop)
    left = resealing.counts()[at_rest.sealing_keys()[1].id]
    assert left > 0
    assert resealing.reseal().rows == left


def test_a_missing_key_is_said_in_one_line_and_nothing_is_lost(settings, old):
    missing = at_rest.sealing_keys()[0].id
    box = Location.objects.get().sealed_details
    settings.SEALING_KEYS = KEYS[1:2]
    with pytest.raises(CommandError) as refused:
        run()
    assert f"need key {missing}, which is not in SEALING_KEYS" in str(refused.value)
    assert "\n" not in str(refused.value)
    assert Location.objects.get().sealed_details == box


def test_saving_seals_with_the_newest(settings, old):
    settings.SEALING_KEYS = KEYS[1::-1]
    Location.objects.get().save()
    assert Location.objects.get().sealed_details.startswith(at_rest.newest_prefix())


def test_what_is_left_open_in_a_sealed_service_is_said(city):
    factories.make_service(city, visibility="sealed")
    assert "1 phones and 1 places" in run("--check")


def test_a_new_key_is_one(settings):
    out = io.StringIO()
    call_command("new_sealing_key", stdout=out)
    settings.SEALING_KEYS = (out.getvalue().strip(),)
    assert at_rest.opened("p", "row", at_rest.seal("p", "row", {"a": 1})) == {"a": 1}

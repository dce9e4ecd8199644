"""Text search: what a service is found by, and what it must never be found by."""

import pytest
from django.core.management import call_command

from services import search
from services.models import Location, Service
from services.versions import paused
from services.visibility import Audience
from tests.factories import make_city, make_group, make_need, make_service

pytestmark = pytest.mark.django_db


def found(text):
    return set(Service.objects.filter(search.matching(text)).values_list("slug", flat=True))


@pytest.fixture
def city():
    return make_city()


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("Centre d’accueil", "centre d accueil"),
        ("  ÉCOUTE\tViolences ", "ecoute violences"),
        ("Skyddat boende åäö", "skyddat boende aao"),
        ("Straße, Œuvre & Ærø", "strasse oeuvre aero"),
        ("LGBTQI+ 24/7", "lgbtqi 24 7"),
        ("\x00!?", ""),
        ("قُرْب المَرْفَأ", "قرب المرفا"),
        ("ΚΑΛΏΣ-ΉΡΘΑΤΕ", "καλωσ ηρθατε"),
        ("ﬁ² ½\u00a010", "fi2 1 2 10"),
    ],
)
def test_text_is_made_plain(text, normal):
    assert search.normalise(text) == normal


@pytest.mark.parametrize(
    "text", ["refuge", "centre d'accueil", "CENTRE D’ACCUEIL", "frauenhaus", "Frauenhäus"]
)
def test_a_need_is_found_by_its_synonyms_in_every_language(city, text):
    make_need("shelter", fr=["centre d’accueil", "refuge"], de=["Frauenhaus"])
    make_service(city, slug="lantern", needs=["shelter"])
    make_service(city, slug="other", needs=["helpline"])
    assert found(text) == {"lantern"}


@pytest.mark.parametrize(
    "text",
    ["lantern", "phare", "lumière bleue", "bluelight", "harbour trust", "harbourtown", "listen"],
)
def test_what_a_service_is_found_by(city, text):
    make_service(
        city,
        slug="lantern",
        name="Lantern House",
        official_name="Maison du Phare",
        aliases=["BlueLight"],
        organization="Harbour Trust",
        summary="They listen.",
        translations={"fr": {"summary": "Lumière bleue, jour et nuit."}},
    )
    make_service(city, name="Other", place=None)
    assert found(text) == {"lantern"}


def test_every_word_must_occur_in_any_order(city):
    make_service(city, slug="lantern", name="Lantern House for women")
    assert found("women lantern") == {"lantern"}
    assert found("lantern men boat") == set()


@pytest.mark.parametrize(
    ("text", "bearing"),
    [
        ("men", {"for-men"}),
        ("her", set()),
        ("rape", {"rape-care"}),
        ("haus", set()),
        ("raped", set()),
        ("frauen", {"refuge"}),
        ("fraue", {"refuge"}),
        ("house", {"refuge"}),
        ("therap", {"for-women"}),
    ],
)
def test_a_short_word_is_found_whole_a_longer_one_from_its_start_a_long_one_anywhere(
    city, text, bearing
):
    make_service(city, slug="for-men", name="Men", summary="Support.")
    make_service(
        city, slug="for-women", name="Women", summary="Mental therapeutic help, other tea."
    )
    make_service(city, slug="rape-care", name="After rape")
    make_service(city, slug="refuge", name="Das Junge-Frauenhaus", summary="Greenhouses.")
    assert found(text) == bearing


@pytest.mark.parametrize("text", ["arabic", "arabe", "Arabisch"])
def test_a_language_spoken_is_found_by_its_name_in_every_language(city, text):
    make_service(city, slug="speaks", languages=["ar-MA"])
    make_service(city, slug="other", languages=["so"])
    assert found(text) == {"speaks"}
    Service.objects.get(slug="speaks").spoken.all().delete()
    assert found(text) == set()


def test_the_texts_of_an_older_version_are_brought_up_to_date(city):
    make_service(city, slug="lantern", name="Lantern")
    Service.objects.update(search_text="as it was")
    call_command("rebuild_search", verbosity=0)
    assert found("lantern") == {"lantern"}
    assert found("as it was") == set()


SECRET = "Quietlane"


@pytest.mark.parametrize(
    "place",
    [
        {"street": SECRET, "visibility": "sealed"},
        {"town": SECRET, "visibility": "professional"},
        {"street": SECRET, "town": SECRET, "visibility": "sealed", "confidential": True},
    ],
)
def test_a_place_that_is_not_public_is_not_searched(city, place):
    service = make_service(city, place=place)
    search.rebuild([service])
    assert found(SECRET) == set()


def test_notes_and_confidential_towns_are_not_searched(city):
    make_service(
        city,
        confidential=True,
        place={"town": SECRET, "visibility": "sealed"},
        sealed_note=SECRET,
        professional_note=SECRET,
    )
    assert found(SECRET) == set()


def test_sealing_a_place_takes_it_out_at_once(city):
    service = make_service(city, place={"town": SECRET})
    assert found(SECRET) == {service.slug}
    location = Location.objects.get(sites__service=service)
    location.visibility = "sealed"
    location.save()
    assert found(SECRET) == set()


def test_making_a_service_confidential_takes_its_place_out_at_once(city):
    service = make_service(city, place={"town": SECRET, "visibility": "public"})
    Location.objects.filter(sites__service=service).update(visibility="sealed")
    service.confidential = True
    service.save()
    assert found(SECRET) == set()


def test_new_words_are_searched_at_once(city):
    service = make_service(city, slug="lantern", needs=["shelter"])
    service.organization.name = "Harbour Trust"
    service.organization.save()
    assert found("harbour trust") == {"lantern"}
    make_need("shelter", it=["casa rifugio"])
    assert found("casa rifugio") == {"lantern"}
    service.target_groups.add(make_group("families", name="Families"))
    assert found("families") == {"lantern"}
    service.target_groups.clear()
    assert found("families") == set()


def test_clearing_a_needs_services_takes_its_words_out(city):
    need = make_need("shelter", it=["casa rifugio"])
    make_service(city, needs=["shelter"])
    need.services.clear()
    assert found("casa rifugio") == set()


def test_a_bulk_import_rebuilds_when_it_says_so(city):
    with paused():
        service = make_service(city, name="Lantern")
        assert found("lantern") == set()
        search.rebuild([service])
    assert found("lantern") == {service.slug}


def public(city):
    return Service.objects.visible_to(Audience.PUBLIC).serving(city)


@pytest.mark.parametrize("typed", ["lantrn", "lnatern", "lanternn", "Lamtern"])
def test_one_typing_error_is_put_right(city, typed):
    make_service(city, name="Lantern")
    assert search.did_you_mean(typed, public(city)) == "lantern"


def test_two_errors_in_a_long_word_are_put_right(city):
    make_service(city, name="Frauenberatung")
    assert search.did_you_mean("frauenbaratnug", public(city)) == "frauenberatung"


def test_a_word_too_short_to_guess_at_is_left(city):
    make_service(city, name="Herself here")
    assert search.did_you_mean("her", public(city)) is None


def test_five_mistyped_words_are_put_right_and_no_more(city):
    make_service(city, name="Lantern Meadow Anchor Harbour Beacon Lighthouse")
    five = "lantrn meadw ancor harbur becon"
    assert search.did_you_mean(five, public(city)) == "lantern meadow anchor harbour beacon"
    assert search.did_you_mean(f"{five} lighthose", public(city)) is None


def test_the_words_of_a_city_are_counted_once(city, monkeypatch):
    counted = []
    monkeypatch.setattr(search, "_vocabulary", lambda texts: counted.append(texts) or ["lantern"])
    make_service(city, name="Lantern")
    search.did_you_mean("lantrn lamtern lanterm", public(city))
    assert len(counted) == 1


def test_nothing_is_suggested_for_what_resembles_nothing(city):
    make_service(city, name="Lantern")
    assert search.did_you_mean("zzzzqqqq", public(city)) is None


def test_words_that_do_not_stand_together_are_not_suggested(city):
    make_service(city, name="Lantern")
    make_service(city, name="Meadow")
    assert search.did_you_mean("lantrn meadow", public(city)) is None


@pytest.mark.parametrize(
    "hidden", [{"status": "draft"}, {"visibility": "sealed"}, {"visibility": "professional"}]
)
def test_words_of_a_hidden_service_are_never_suggested(city, hidden):
    make_service(city, name="Quietlane", **hidden)
    assert search.did_you_mean("quietlan", public(city)) is None
    assert search.did_you_mean("quietlame", public(city)) is None


def test_a_thousand_services_are_rebuilt_at_once(city):
    """SQLite refuses a query that names so many rows one by one."""
    organization = make_service(city).organization
    Service.objects.bulk_create(
        Service(slug=f"many-{n}", official_name=f"Heron {n}", organization=organization)
        for n in range(1001)
    )
    search.rebuild(Service.objects.all())
    assert Service.objects.filter(search_text__contains="heron").count() == 1001


def test_what_is_kept_of_letters_does_not_grow_with_what_strangers_type():
    text = "".join(map(chr, range(0x4E00, 0x4E00 + 2 * search.CHARACTERS_KEPT)))
    plain = search.normalise(text)
    assert search.normalise(text) == plain == text
    assert len(search._KEPT) <= search.CHARACTERS_KEPT

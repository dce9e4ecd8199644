"""Fixture files into the database: what is written, what is left alone, what is refused."""

import copy
import json

import pytest
from django.core.management import CommandError, call_command

from services.loading import FixtureError, load, stable_id
from services.models import (
    City,
    Confirmation,
    Country,
    Location,
    Need,
    Organization,
    Phone,
    Place,
    Service,
    ServiceAtLocation,
    Source,
)
from services.visibility import Visibility

pytestmark = pytest.mark.django_db

NAMES = {"en": "Marsh", "fr": "Marais"}
WORDS = {
    "country": [
        {"code": "BE", "names": NAMES, "emergency_numbers": {"any": "112", "police": "101"}}
    ]
}
TERMS = {
    "need": [
        {
            "code": "shelter",
            "stage": "protection",
            "names": {"en": "Bed"},
            "synonyms": {"en": ["cot"]},
        },
        {"code": "helpline", "stage": "referral", "names": {"en": "Line"}},
    ],
    "group": [{"code": "families", "names": {"en": "Families"}}],
}
CITY = {
    "slug": "harbourtown",
    "name": "Harbourtown",
    "names": {"fr": "Port-Ville", "lb": "Huewen"},
    "country": "BE",
    "timezone": "Europe/Brussels",
    "languages": ["fr"],
    "latitude": 50.8,
    "longitude": 4.3,
}
PLACE = {"slug": "old-station", "name": "Old Station", "latitude": 50.81, "longitude": 4.31}
SERVICE = {
    "key": "lantern-house",
    "name": "Maison Lanterne",
    "language": "fr",
    "name_en": "Lantern House",
    "aliases": ["ML"],
    "organization": "Lanterns",
    "summary": "A bed for a night.",
    "needs": ["shelter"],
    "groups": ["families"],
    "reach": "city",
    "phones": [
        {"number": "+32 2 555 01 00", "note": "desk", "hours": "Mo-Fr 09:00-17:00"},
        {"number": "112"},
    ],
    "address": {"street": "Quay Street 1", "town": "Harbourtown"},
    "latitude": 50.82,
    "longitude": 4.32,
    "hours": "24/7",
    "languages": ["fr", "ar"],
    "age_min": 18,
    "criteria": {"women": "takes", "with-children": {"stance": "asks-first", "limit": 12}},
    "sources": [
        {"publisher": "Town Gazette", "url": "https://gazette.example/1", "date": "2023-11"}
    ],
    "marks": [{"kind": "old", "text": "The page is of 2023."}],
}
SECRET = {
    **{name: SERVICE[name] for name in ("language", "organization", "summary", "needs", "reach")},
    "key": "quiet-house",
    "name": "Maison Calme",
    "name_en": "Quiet House",
    "confidential": True,
    "phones": [{"number": "+32 2 555 01 01"}],
    "sources": [{"publisher": "Town Gazette"}],
}


class Folder:
    """A folder of fixtures that a test changes and loads."""

    def __init__(self, path):
        self.path = path
        self.town = {
            "city": copy.deepcopy(CITY),
            "place": [copy.deepcopy(PLACE)],
            "service": [copy.deepcopy(SERVICE), copy.deepcopy(SECRET)],
        }
        self.terms = copy.deepcopy(TERMS)

    @property
    def house(self):
        return self.town["service"][0]

    @property
    def secret(self):
        return self.town["service"][1]

    def load(self, **options):
        (self.path / "cities").mkdir(exist_ok=True)
        self._write("countries.toml", WORDS)
        self._write("taxonomy.toml", self.terms)
        self._write("cities/town.toml", self.town)
        return load([self.path], **options)

    def _write(self, name, content):
        text = "\n".join(f"{key} = {_toml(value)}" for key, value in content.items())
        (self.path / name).write_text(text, encoding="utf-8")


def _toml(value):
    if isinstance(value, dict):
        pairs = ", ".join(f"{json.dumps(k)} = {_toml(v)}" for k, v in value.items())
        return "{ " + pairs + " }"
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    return json.dumps(value, ensure_ascii=False)


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path)


def house():
    return Service.objects.get(slug="lantern-house")


def rows():
    """Every row of the directory, as stored."""
    models = (
        City,
        Country,
        Location,
        Need,
        Organization,
        Phone,
        Place,
        Service,
        ServiceAtLocation,
        Source,
    )
    return {model: list(model.objects.order_by("pk").values()) for model in models}


def test_a_service_is_written_whole(folder):
    counts = folder.load()
    assert str(counts["town"]) == "2 created, 0 updated, 0 unchanged, 0 withdrawn"
    service = house()
    assert service.pk == stable_id("service", "lantern-house")
    assert service.status == Service.Status.PUBLISHED
    assert service.official_name == "Maison Lanterne"
    assert service.country_id == "BE"
    assert [city.slug for city in service.cities.all()] == ["harbourtown"]
    assert [phone.number for phone in service.phones.all()] == ["+32 2 555 01 00", "112"]
    assert service.phones.first().opening_hours == "Mo-Fr 09:00-17:00"
    assert [spoken.tag for spoken in service.spoken.all()] == ["fr", "ar"]
    assert {c.code: (c.stance, c.limit) for c in service.criteria.all()} == {
        "women": ("takes", None),
        "with-children": ("asks-first", 12),
    }
    assert service.sources.get().date == "2023-11"
    assert service.marks.get().kind == "old"
    assert service.sites.get().location.street == "Quay Street 1"


def test_words_are_written_by_language(folder):
    folder.load()
    words = {row.language_code: row.name for row in house().translations.all()}
    assert words == {"en": "Lantern House", "fr": "Maison Lanterne"}
    city = {row.language_code: row.name for row in City.objects.get().translations.all()}
    assert city == {"en": "Harbourtown", "fr": "Port-Ville", "lb": "Huewen"}


def test_a_country_has_its_emergency_numbers(folder):
    folder.load()
    assert Country.objects.get(pk="BE").emergency_numbers == {"any": "112", "police": "101"}


def test_a_new_city_is_a_sample_and_stays_what_its_people_make_it(folder):
    folder.load()
    city = City.objects.get()
    assert city.is_sample
    city.is_sample = False
    city.save()
    folder.town["city"]["latitude"] = 50.9
    folder.load()
    city.refresh_from_db()
    assert (city.is_sample, city.latitude) == (False, 50.9)


def test_loading_twice_touches_nothing(folder):
    folder.load()
    before = rows()
    counts = folder.load()
    assert str(counts["town"]) == "0 created, 0 updated, 2 unchanged, 0 withdrawn"
    assert rows() == before


def test_loading_again_writes_no_row(folder, django_assert_max_num_queries):
    folder.load()
    with django_assert_max_num_queries(100) as queries:
        folder.load()
    written = [q["sql"] for q in queries if q["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
    assert written == []


def test_a_changed_row_is_updated_and_the_others_are_not(folder):
    folder.load()
    old, quiet = house(), Service.objects.get(slug="quiet-house")
    version = City.objects.get().version
    folder.house["phones"] = [{"number": "+32 2 555 01 99"}]
    folder.house["summary"] = "Beds for two nights."
    counts = folder.load()
    assert str(counts["town"]) == "0 created, 1 updated, 1 unchanged, 0 withdrawn"
    new = house()
    assert [phone.number for phone in new.phones.all()] == ["+32 2 555 01 99"]
    assert new.translations.get(language_code="en").summary == "Beds for two nights."
    assert new.last_modified > old.last_modified
    assert Service.objects.get(slug="quiet-house").last_modified == quiet.last_modified
    assert City.objects.get().version > version


def test_rows_that_vanish_from_a_service_are_removed(folder):
    folder.load()
    for name in ("hours", "age_min", "criteria", "languages", "groups", "marks"):
        del folder.house[name]
    folder.load()
    service = house()
    assert (service.opening_hours, service.age_min) == ("", None)
    parts = (service.criteria, service.spoken, service.target_groups, service.marks)
    assert not any(part.exists() for part in parts)


def test_what_people_changed_stays_while_the_row_does(folder):
    folder.load()
    house().phones.all().delete()
    folder.secret["summary"] = "Another house."
    folder.load()
    assert not house().phones.exists()


def test_a_changed_row_publishes_nothing_that_people_withdrew(folder):
    folder.load()
    service = house()
    service.status = Service.Status.WITHDRAWN
    service.save()
    folder.house["summary"] = "Another summary."
    folder.load()
    assert house().status == Service.Status.WITHDRAWN


def test_a_vanished_service_is_withdrawn_only_when_pruning(folder):
    folder.load()
    folder.town["service"] = [folder.secret]
    folder.load()
    assert house().status == Service.Status.PUBLISHED
    assert folder.load(prune=True)["pruned"].withdrawn == 1
    assert house().status == Service.Status.WITHDRAWN
    assert Service.objects.get(slug="quiet-house").status == Service.Status.PUBLISHED


def test_a_service_that_comes_back_is_published_again(folder):
    folder.load()
    gone = folder.town["service"].pop(0)
    folder.load(prune=True)
    folder.town["service"].append(gone)
    folder.load()
    assert house().status == Service.Status.PUBLISHED


def test_a_service_that_people_withdrew_stays_so_though_its_row_goes_and_comes_back(folder):
    folder.load()
    service = house()
    service.status = Service.Status.WITHDRAWN
    service.save()
    gone = folder.town["service"].pop(0)
    folder.load(prune=True)
    folder.town["service"].append(gone)
    folder.load()
    assert house().status == Service.Status.WITHDRAWN


def test_pruning_leaves_what_was_made_by_hand(folder):
    folder.load()
    Service.objects.filter(slug="lantern-house").update(loaded_from="")
    folder.town["service"] = [folder.secret]
    folder.load(prune=True)
    assert house().status == Service.Status.PUBLISHED


def test_nothing_loaded_is_confirmed(folder):
    folder.load()
    assert not Confirmation.objects.exists()


def test_a_confidential_service_gets_no_place(folder):
    folder.load()
    location = Service.objects.get(slug="quiet-house").sites.get().location
    assert location.kind == Location.Kind.VIRTUAL
    assert (location.street, location.latitude) == ("", None)


def test_a_row_made_confidential_loses_its_place(folder):
    folder.load()
    for name in ("address", "latitude", "longitude"):
        del folder.house[name]
    folder.house["confidential"] = True
    folder.house["sources"] = [{"publisher": "Town Gazette"}]
    folder.load()
    assert house().confidential
    location = house().sites.get().location
    assert (location.kind, location.street) == (Location.Kind.VIRTUAL, "")
    assert not Source.objects.exclude(url="").exists()


def test_a_file_cannot_lift_confidentiality(folder):
    folder.load()
    folder.house["summary"] = "Another summary."
    location = house().sites.get().location
    location.visibility = Visibility.SEALED
    location.save()
    service = house()
    service.confidential = True
    service.save()
    with pytest.raises(FixtureError, match=r"town\.toml, service “lantern-house”, confidential"):
        folder.load()
    assert house().confidential


def test_a_sealed_place_is_left_as_it_is(folder):
    folder.load()
    location = house().sites.get().location
    location.visibility = Visibility.SEALED
    location.save()
    folder.house["address"]["street"] = "Quay Street 2"
    folder.load()
    location.refresh_from_db()
    assert (location.visibility, location.street) == (Visibility.SEALED, "Quay Street 1")


def test_a_changed_row_shows_no_phone_that_people_sealed(folder):
    folder.load()
    house().phones.filter(number="112").update(visibility=Visibility.PROFESSIONAL)
    house().phones.exclude(number="112").update(visibility=Visibility.SEALED)
    folder.house["phones"][0]["number"] = "+32 (0)2 5550100"
    folder.load()
    seen = {phone.number: phone.visibility for phone in house().phones.all()}
    assert seen == {"+32 (0)2 5550100": Visibility.SEALED, "112": Visibility.PROFESSIONAL}


def test_a_number_stored_twice_keeps_the_narrower_circle(folder):
    folder.load()
    house().phones.create(number="112", visibility=Visibility.SEALED, position=5)
    folder.house["summary"] = "Another summary."
    folder.load()
    assert {p.visibility for p in with_number("112")} == {Visibility.SEALED}


def test_a_sealed_phone_stays_though_its_number_leaves_the_row_and_comes_back(folder):
    folder.load()
    house().phones.filter(number="112").update(visibility=Visibility.SEALED)
    gone = folder.house["phones"].pop()
    folder.load()
    folder.house["phones"].append(gone)
    folder.load()
    assert [p.visibility for p in with_number("112")] == [Visibility.SEALED]


def with_number(number):
    """The phones of the house with this number; what is sealed no query finds by it."""
    return [phone for phone in house().phones.all() if phone.number == number]


def _delete_site():
    house().sites.get().delete()


def _delete_location():
    house().sites.get().location.delete()


@pytest.mark.parametrize("delete", [_delete_site, _delete_location])
def test_a_changed_row_brings_back_no_place_that_people_deleted(folder, delete):
    folder.load()
    delete()
    for street in ("Quay Street 2", "Quay Street 3"):
        folder.house["address"]["street"] = street
        folder.load()
        assert house().sites.get().location.kind == Location.Kind.VIRTUAL
        assert not Location.objects.filter(street=street).exists()


def test_a_place_that_people_chose_instead_stays(folder):
    folder.load()
    site = house().sites.get()
    site.location = Location.objects.create(street="Hill Street 4")
    site.save()
    folder.house["address"]["street"] = "Quay Street 2"
    folder.load()
    assert house().sites.get().location.street == "Hill Street 4"
    assert not Location.objects.filter(street="Quay Street 2").exists()


DESK = {"number": "+32 2 555 01 00", "note": "desk"}
OVERWRITES = {
    "contact": [
        {"email": "desk@lanterns.example"},
        {"phones": [DESK | {"hours": "Mo-Fr 09:00-17:00"}]},
        {"website": "https://lanterns.example/"},
        {"address": {"street": "Quay Street 2"}},
        {"latitude": 50.83},
        {"way_in": "Ring at the gate."},
    ],
    "hours": [
        {"hours": "Mo-Fr 09:00-17:00"},
        {"hours_note": "Ring twice."},
        {"phones": [DESK, {"number": "112"}]},
    ],
    "acceptance": [
        {"criteria": {"women": "takes"}},
        {"age_min": 16},
        {"groups": []},
        {"for_professionals": True},
    ],
    "rest": [{"summary": "Two beds."}, {"languages": ["fr"]}, {"needs": ["helpline"]}],
}
OVERWRITTEN = [(group, change) for group, changes in OVERWRITES.items() for change in changes]


@pytest.mark.parametrize(("group", "change"), OVERWRITTEN)
def test_what_a_changed_row_overwrites_is_no_longer_confirmed(folder, group, change):
    folder.load()
    for each in Confirmation.FieldGroup.values:
        house().confirmations.create(field_group=each, by="city")
    folder.house.update(change)
    folder.load()
    left = set(house().confirmations.values_list("field_group", flat=True))
    assert set(Confirmation.FieldGroup.values) - left == {group}


def test_what_people_put_right_and_confirmed_is_unconfirmed_when_a_row_overwrites_it(folder):
    folder.load()
    house().phones.filter(number="112").update(number="113")
    house().confirmations.create(field_group="contact", by="city")
    folder.house["summary"] = "Two beds."
    folder.load()
    assert house().phones.filter(number="112").exists()
    assert not house().confirmations.exists()


def test_doubts_and_sources_leave_confirmations_alone(folder):
    folder.load()
    house().confirmations.create(field_group="rest", by="city")
    folder.house["marks"] = []
    folder.house["sources"] = [{"publisher": "Hill Gazette"}]
    folder.load()
    assert house().confirmations.exists()


def test_places_and_words_are_the_files_own(folder):
    folder.load()
    City.objects.update(latitude=50.1)
    Place.objects.update(name="Renamed")
    Country.objects.update(emergency_numbers={"any": "1"})
    need = Need.objects.get(pk="shelter")
    need.translations.filter(language_code="en").update(name="Renamed")
    need.translations.create(language_code="fr", name="Lit")
    by_hand = Place.objects.create(
        city=City.objects.get(), slug="by-hand", name="By hand", latitude=1, longitude=1
    )
    folder.load()
    assert City.objects.get().latitude == CITY["latitude"]
    assert Place.objects.get(slug="old-station").name == "Old Station"
    assert Country.objects.get().emergency_numbers["any"] == "112"
    assert {t.language_code: t.name for t in need.translations.all()} == {"en": "Bed", "fr": "Lit"}
    assert Place.objects.filter(pk=by_hand.pk).exists()


def test_national_services_belong_to_the_country_and_european_ones_to_none(folder):
    folder.house["reach"], folder.secret["reach"] = "national", "european"
    folder.load()
    national, european = house(), Service.objects.get(slug="quiet-house")
    assert (national.country_id, european.country_id) == ("BE", None)
    assert not national.cities.exists()
    assert not european.cities.exists()


def test_changed_words_of_a_need_are_written(folder):
    folder.load()
    folder.terms["need"][0]["synonyms"] = {"en": ["bunk"]}
    folder.load()
    assert Need.objects.get(pk="shelter").translations.get(language_code="en").synonyms == ["bunk"]


def _without(name):
    return lambda row: row.pop(name)


def _with(**values):
    return lambda row: row.update(values)


REFUSED = {
    "no summary": (_without("summary"), "summary: is missing"),
    "no source": (_with(sources=[]), "sources: is missing"),
    "empty text": (_with(summary=" "), "summary: is empty"),
    "unknown key": (_with(fax="1"), "fax: unknown key"),
    "unknown need": (_with(needs=["cake"]), "needs: “cake” is not in the taxonomy"),
    "unknown group": (_with(groups=["cake"]), "groups: “cake” is not in the taxonomy"),
    "unknown reach": (_with(reach="moon"), "reach: “moon” is not one of city"),
    "unknown criterion": (_with(criteria={"cats": "takes"}), r"criteria\.cats: unknown key"),
    "unknown stance": (_with(criteria={"men": "maybe"}), r"criteria\.men: “maybe” is not one of"),
    "wrong type": (_with(languages="fr"), "languages: cannot be str"),
    "truth as age": (_with(age_min=True), "age_min: cannot be bool"),
    "fraction as age": (_with(age_min=17.5), "age_min: cannot be float"),
    "ages out of order": (_with(age_min=30, age_max=20), "age_min: is above age_max"),
    "key with capitals": (_with(key="Lantern"), "key: “Lantern” is not written"),
    "language name": (_with(language="French"), "language: “French” is not written"),
    "bad date": (
        _with(sources=[{"publisher": "P", "date": "May 2023"}]),
        r"sources\.1\.date: “May 2023” is not written",
    ),
    "bad hours": (_with(hours="weekdays"), "hours: These hours cannot be read"),
    "bad phone": (
        _with(phones=[{"number": "02 555 01 00"}]),
        r"phones\.1\.number: .* cannot be dialled",
    ),
    "bad phone hours": (
        _with(phones=[{"number": "112", "hours": "mornings"}]),
        r"phones\.1\.hours: These hours cannot be read",
    ),
    "bad e-mail": (_with(email="desk"), "email: "),
    "bad website": (_with(website="desk"), "website: "),
    "script as link": (
        _with(sources=[{"publisher": "P", "url": "javascript:alert()"}]),
        r"sources\.1\.url: ",
    ),
    "half a position": (_without("longitude"), "latitude: latitude and longitude go together"),
    "off the map": (_with(latitude=95.0), "latitude: 95.0 is not between"),
    "no way in": (_without("phones"), "way_in: is missing"),
    "a name too long": (_with(name="a" * 201), "name: "),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_wrong_row_is_refused_by_file_key_and_field(folder, case):
    change, complaint = REFUSED[case]
    change(folder.house)
    with pytest.raises(FixtureError, match=rf"town\.toml, service “[\w-]+”, {complaint}"):
        folder.load()


PLACES = {
    "address": ({"address": {"street": "Hidden Lane 7"}}, "address"),
    "position": ({"latitude": 50.1, "longitude": 4.1}, "latitude"),
    "source link": (
        {"sources": [{"publisher": "P", "url": "https://gazette.example/2"}]},
        r"sources\.1\.url",
    ),
}


@pytest.mark.parametrize("case", PLACES)
def test_a_confidential_row_with_a_place_is_refused(folder, case):
    values, field = PLACES[case]
    folder.secret.update(values)
    with pytest.raises(FixtureError, match=rf"service “quiet-house”, {field}: ") as refusal:
        folder.load()
    assert "Hidden Lane" not in str(refusal.value)
    assert not Service.objects.exists()


def test_a_fault_in_one_file_leaves_everything_as_it_was(folder):
    folder.load()
    before = rows()
    folder.house["summary"] = "Another summary."
    folder.secret["needs"] = ["cake"]
    with pytest.raises(FixtureError):
        folder.load()
    assert rows() == before


def test_a_key_used_twice_is_refused(folder):
    folder.secret["key"] = folder.house["key"]
    with pytest.raises(FixtureError, match=r"key: is used twice, first in town\.toml"):
        folder.load()


@pytest.mark.parametrize(
    "slug", ["about", "admin", "api", "language", "leave", "healthz", "static"]
)
def test_a_city_cannot_take_an_address_of_the_site(folder, slug):
    folder.town["city"]["slug"] = slug
    with pytest.raises(FixtureError, match="is an address of the site"):
        folder.load()


def test_an_unknown_country_is_refused(folder):
    folder.town["city"]["country"] = "XX"
    with pytest.raises(FixtureError, match="country: “XX” is not known"):
        folder.load()


def test_a_file_without_a_city_holds_european_services_only(folder):
    folder.town = {"service": [folder.secret]}
    with pytest.raises(FixtureError, match="reach: a file without"):
        folder.load()
    folder.town["service"][0]["reach"] = "european"
    assert folder.load()["town"].created == 1


def test_unreadable_toml_names_the_file(tmp_path):
    (tmp_path / "broken.toml").write_text("city = [")
    with pytest.raises(FixtureError, match=r"broken\.toml: is not readable TOML"):
        load([tmp_path])


@pytest.mark.parametrize("text", ["service = [1]", "city = 1", "[[city]]", "[service]", "x = 1"])
def test_a_file_of_another_shape_is_refused(tmp_path, text):
    (tmp_path / "odd.toml").write_text(text)
    with pytest.raises(FixtureError, match=r"odd\.toml, "):
        load([tmp_path])


def test_the_command_counts_by_city(folder, capsys):
    folder.load()
    call_command("load_cities", folder.path)
    assert capsys.readouterr().out == "town: 0 created, 0 updated, 2 unchanged, 0 withdrawn\n"


def test_the_command_ends_with_the_complaint(tmp_path):
    with pytest.raises(CommandError, match=r"nowhere\.toml: cannot be opened"):
        call_command("load_cities", tmp_path / "nowhere.toml")


def test_single_files_cannot_prune(folder):
    folder.load()
    with pytest.raises(CommandError, match="needs whole folders"):
        call_command("load_cities", folder.path / "cities" / "town.toml", prune=True)

"""Files with columns of their own: asked about once, remembered for the city."""

import pytest

from services.models import ColumnMapping, Service
from tests import factories
from tests.services.sheets.desk import as_csv

pytestmark = pytest.mark.django_db

FIVE_W = [
    ["Who (Organisation)", "What: Activity title", "Sector", "Where (Admin2)", "For whom", "When", "Budget"],
    ["Harbour Aid", "Open door", "Legal aid; Roof tonight", "Harbourtown", "Ladies & girls", "daily", "9"],
    ["Harbour Aid", "Night bus", "Roof tonight", "Harbourtown", "everybody", "", "1"],
]  # fmt: skip


@pytest.fixture(autouse=True)
def terms(db):
    factories.make_need("shelter")
    factories.make_need("legal-advice", name="Legal advice", en=["legal aid"])
    factories.make_group("women-girls", name="Women and girls")
    factories.make_group("families")


def posted(page_context):
    """What a browser would send of the form as it is shown."""
    return {f"column-{n}": column["chosen"] for n, column in enumerate(page_context["columns"])}


def test_a_5w_is_mapped_once_and_then_read_at_once(editor, listing):
    response = editor.upload(as_csv(FIVE_W), "5w.csv")
    page = editor.browser.get(response["Location"], follow=True)
    address = page.redirect_chain[-1][0]
    fields = posted(page.context)
    guessed = ["organisation", "name", "needs", "town", "groups", "hours_note", ""]
    assert list(fields.values()) == guessed
    words = editor.browser.post(address, fields)
    asked = {
        word.word: f"word-{number}"
        for _label, group, _options in words.context["groups"]
        for number, word in group
    }
    assert set(asked) == {"Roof tonight", "Ladies & girls", "everybody"}
    said = {
        asked["Roof tonight"]: "shelter",
        asked["Ladies & girls"]: "women-girls",
        asked["everybody"]: "-",
    }
    shown = editor.browser.post(address, fields | {"step": "words"} | said, follow=True)
    assert shown.context["one"].counts["added"] == 2
    assert "B2" in shown.content.decode()
    editor.apply(shown.context["one"])
    found = {s.official_name: s for s in Service.objects.exclude(pk=listing.pk)}
    assert {n.code for n in found["Open door"].needs.all()} == {"shelter", "legal-advice"}
    assert [g.code for g in found["Open door"].target_groups.all()] == ["women-girls"]
    assert found["Night bus"].target_groups.count() == 0
    assert found["Open door"].translations.get().hours_note == "daily"
    assert found["Open door"].status == "draft"

    # Next month: known at once; the same row is the same listing, and an empty cell says nothing.
    later = [FIVE_W[0], [*FIVE_W[1][:5], "", "10"], [*FIVE_W[2][:5], "at night", "1"]]
    one, lines = editor.dry_run(as_csv(later), "5w-december.csv")
    assert one.state == "waiting"
    changes = {line["name"]: line["changes"] for line in lines}
    assert changes == {"Night bus": [["hours_note", "F3", "", "at night"]]}
    assert one.counts["unchanged"] == 1


def test_kobo_headers_and_yes_no_columns_are_understood(editor):
    head = [
        "_id", "meta/organisation_name", "service/service_name", "service/needs/legal-advice",
        "service/needs/shelter", "contact/phone", "access/languages_spoken", "access/undocumented",
    ]  # fmt: skip
    row = ["17", "Harbour Aid", "Desk", "1", "0", "+32 2 555 01 00", "fr ar", "no"]
    response = editor.upload(as_csv([head, row]), "kobo.csv")
    page = editor.browser.get(response["Location"], follow=True)
    fields = posted(page.context)
    assert list(fields.values()) == [
        "", "organisation", "name", "needs=", "needs=", "phones", "languages", "takes_undocumented",
    ]  # fmt: skip
    address = page.redirect_chain[-1][0]
    shown = editor.browser.post(address, fields, follow=True)
    editor.apply(shown.context["one"])
    service = Service.objects.get()
    assert [need.code for need in service.needs.all()] == ["legal-advice"]
    assert service.criteria.get().stance == "does-not-take"
    assert [s.tag for s in service.spoken.all()] == ["fr", "ar"]


def test_a_choice_of_columns_that_cannot_be_read_is_refused_and_kept(editor, city):
    response = editor.upload(as_csv(FIVE_W), "5w.csv")
    address = editor.browser.get(response["Location"])["Location"]
    fields = {"column-0": "organisation", "column-1": "organisation", "column-2": "sealed_note"}
    page = editor.browser.post(address, fields)
    assert page.status_code == 400
    assert page.context["columns"][0]["chosen"] == "organisation"
    text = page.content.decode()
    assert "Choose from the list alone" in text
    assert "Two columns" in text
    assert not ColumnMapping.objects.exists()


def test_what_a_city_said_is_its_own_and_opens_nothing_sealed(editor, administrator, city):
    head = ["who", "title", "sector", "secret"]
    said = {"columns": ["organisation", "name", "needs", "sealed_note"], "values": {}}
    row = ["Org", "One", "shelter", "zanzibar7"]
    response = administrator.upload(as_csv([head, row]), "own.csv")
    address = administrator.browser.get(response["Location"])["Location"]
    fields = {f"column-{n}": name for n, name in enumerate(said["columns"])}
    shown = administrator.browser.post(address, fields, follow=True)
    assert shown.context["one"].counts["added"] == 1
    assert ColumnMapping.objects.get().city == city
    # For an editor the same headers are not known: one of them is not theirs to fill in.
    response = editor.upload(as_csv([head, row]), "own.csv")
    assert editor.browser.get(response["Location"])["Location"].endswith("/columns/")

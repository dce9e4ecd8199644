"""What is sealed is in no file of an editor, and no file opens or empties it."""

import pytest
from django.core.management import call_command

from services.models import Service, SheetImport
from tests import factories
from tests.people import browser_of
from tests.services.sheets.conftest import CANARY
from tests.services.sheets.desk import Desk, as_csv, from_xlsx

pytestmark = pytest.mark.django_db

SECRETS = (CANARY, "555 77 31", "50.1234", "4.7654")


def seen(listing):
    """All that is secret of a listing, as it is in the database."""
    place = listing.sites.get().location
    service = Service.objects.get(pk=listing.pk)
    phones = [(p.number, p.visibility, p.note) for p in listing.phones.order_by("pk")]
    spot = (place.street, place.town, place.latitude, place.visibility, place.confidential)
    return phones, spot, service.sealed_note, service.website, service.confidential


def test_files_of_an_editor_hold_nothing_sealed(editor, secret, city):
    factories.make_service(city, name=f"{CANARY} hidden", visibility="sealed")
    for query in ({}, {"sealed": "yes"}):
        texts = [editor.export("csv", **query).decode()]
        texts.append(str(from_xlsx(editor.export("xlsx", **query))))
        for text in texts:
            assert "Lantern House" in text
            assert not [one for one in SECRETS if one in text]
            assert "sealed_note" not in text


def test_a_file_of_an_editor_touches_nothing_sealed_whoever_imports_it(
    editor, administrator, secret
):
    before = seen(secret)
    rows = editor.rows()
    rows[0]["email"] = "new@example.org"
    administrator.bring_in(rows)
    assert Service.objects.get().email == "new@example.org"
    assert seen(secret) == before


def test_an_administrator_edits_what_is_sealed(administrator, secret):
    (row,) = administrator.rows(sealed="yes")
    assert row["sealed_street"] == f"{CANARY} street 1"
    assert row["street"] == row["website"] == ""
    administrator.bring_in([row | {"sealed_street": "Hidden 2", "sealed_note": ""}])
    phones, spot, note, website, confidential = seen(secret)
    assert (spot[0], spot[3:], note, confidential) == ("Hidden 2", ("sealed", True), "", True)
    assert website == f"https://{CANARY}.example.org/"
    assert phones[1] == ("+32 2 555 77 31", "sealed", CANARY)


def test_an_editor_opens_nothing(editor, administrator, secret, city):
    """The file of an administrator in the hands of an editor, and every attempt to open something."""
    factories.make_service(
        city,
        name="Inner Desk",
        slug="inner-desk",
        visibility="professional",
        phones=[{"number": "+32 2 555 01 02", "visibility": "professional"}],
    )
    before = seen(secret)
    stored = administrator.rows(sealed="yes")
    one, lines = editor.dry_run(
        [row | {"sealed_note": "mine", "email": "e@example.org"} for row in stored]
    )
    assert [[change[0] for change in line["changes"]] for line in lines] == [["email"]] * 2
    kept = (one.content, lines)
    assert not [secret for secret in SECRETS if secret in str(kept)]
    editor.apply(one)
    assert seen(secret) == before

    inner, lantern = editor.rows()
    attempts = [
        (lantern, {"confidential": "no"}, "confidential"),
        (lantern, {"confidential": ""}, "confidential"),
        (lantern, {"street": "Open 1"}, "street"),
        (lantern, {"website": "https://example.org"}, "website"),
        (inner, {"visibility": "public"}, "visibility"),
        (inner, {"visibility": "sealed"}, "visibility"),
        (inner, {"phones": "+32 2 555 01 02", "phones_professional": ""}, "phones"),
    ]
    for row, edit, column in attempts:
        one, lines = editor.dry_run([row | edit])
        assert [said[0] for said in lines[0]["complaints"]] == [column], edit
        assert editor.apply(one).status_code == 409
    assert seen(secret) == before
    # A number that is sealed already stays so, and nothing tells that it is.
    editor.bring_in([lantern | {"phones": "+32 2 555 02 00; +32 2 555 77 31"}])
    assert seen(secret)[0] == before[0]


def test_the_place_of_a_new_confidential_listing_is_sealed(editor, administrator):
    factories.make_need("shelter")
    row = {
        "organisation": "A",
        "name": "B",
        "needs": "shelter",
        "confidential": "yes",
        "street": "Secret 1",
    }
    editor.bring_in([row])
    place = Service.objects.get().sites.get().location
    assert (place.street, place.visibility, place.confidential) == ("Secret 1", "sealed", True)
    assert "Secret 1" not in editor.export().decode()
    assert administrator.rows(sealed="yes")[0]["sealed_street"] == "Secret 1"


def test_a_listing_with_an_open_place_is_not_made_confidential(administrator, listing):
    (row,) = administrator.rows()
    _one, lines = administrator.dry_run([row | {"confidential": "yes"}])
    assert lines[0]["complaints"][0][0] == "confidential"


def test_places_that_are_shared_or_several_are_left_alone(editor, listing, city):
    other = factories.make_service(city, name="Same House", place=None)
    site = other.sites.get()
    site.location = listing.sites.get().location
    site.save()
    rows = editor.rows()
    assert {row["street"] for row in rows} == {""}
    _one, lines = editor.dry_run([rows[0] | {"street": "Elsewhere 1"}])
    assert lines[0]["complaints"][0][0] == "street"


def test_an_import_opens_for_its_uploader_alone(administrator, editor, secret, city):
    one, _lines = administrator.dry_run(administrator.rows(sealed="yes"))
    address = administrator.address("sheet-import", one.pk)
    colleague, elsewhere = browser_of("administrator", city), factories.make_city("faraway")
    assert administrator.browser.get(address).status_code == 200
    for browser in (colleague, editor.browser):
        assert browser.get(address).status_code == 404
        assert browser.post(administrator.address("sheet-apply", one.pk)).status_code == 404
    far = Desk(administrator.browser, elsewhere)
    assert far.browser.get(far.address("sheet-import", one.pk)).status_code == 404
    # Nor for the uploader, once the role is gone.
    one.user.memberships.update(role="editor")
    assert administrator.browser.get(address).status_code == 404


def test_files_of_another_city_are_rejected(editor, listing):
    other = factories.make_city("faraway")
    theirs = factories.make_service(other, name=f"{CANARY} far")
    national = factories.make_service(editor.city, name="Line", reach="national")
    unknown = "5d2b7f60-9a3c-4a51-8f0e-0c5c1e6a7b11"
    ids = [str(theirs.pk), str(national.pk), unknown]
    one, lines = editor.dry_run([["id", "email"], *([pk, "x@example.org"] for pk in ids)])
    messages = {tuple(line["complaints"][0][:2]): line["complaints"][0][2] for line in lines}
    assert list(messages) == [("id", "A2"), ("id", "A3"), ("id", "A4")]
    assert len(set(messages.values())) == 1
    assert CANARY not in str(lines)
    assert editor.apply(one).status_code == 409
    assert not Service.objects.filter(email="x@example.org").exists()


def test_nothing_of_a_file_outlives_its_day(administrator, secret):
    one, _lines = administrator.dry_run(as_csv(administrator.rows(sealed="yes")))
    SheetImport.objects.update(expires_at=one.created_at)
    assert (
        administrator.browser.get(administrator.address("sheet-import", one.pk)).status_code == 404
    )
    call_command("purge_sheets")
    assert not SheetImport.objects.exists()

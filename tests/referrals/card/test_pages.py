"""Making a card, and asking whether it is still right."""

import re

import pytest
import time_machine
from django.urls import reverse

from referrals.card.words import every_language
from tests import factories
from tests.people import browser_of
from tests.referrals.harbour import ADULT, MONDAY, make_harbour, walk

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.fixture(autouse=True)
def monday_morning():
    with time_machine.travel(MONDAY, tick=False):
        yield


@pytest.fixture
def harbour():
    return make_harbour()


CARD, STILL_RIGHT = ("card", "harbour"), ("still-right", "harbour")


def page_of(client, name, city, **posted):
    address = reverse(name, args=[city])
    response = client.post(address, posted) if posted else client.get(address)
    return response.content.decode()


def paper_of(html):
    return html[html.index('<section class="card-paper"') : html.index("</section>")]


def test_the_numbers_of_the_plan_are_offered_and_the_alarm_line_once(client, harbour):
    walk(client, ADULT)
    paper = paper_of(page_of(client, *CARD))
    assert "02 555 03 03" in paper
    assert paper.count(">112<") == 1


def test_the_first_number_alone_is_chosen_at_first(client, harbour):
    walk(client, ADULT)
    html = page_of(client, *CARD)
    assert re.findall(r'id="line-(\d+)" checked', html) == ["1"]


def test_the_card_speaks_the_first_language_of_the_person_that_it_knows(client, harbour):
    walk(client, ADULT)
    client.post(reverse("question", args=["harbour", "language"]), {"languages": ["ti"]})
    assert 'lang="ti"' in paper_of(page_of(client, *CARD))


def test_the_sentence_for_the_phone_is_in_a_language_of_the_city(client, harbour):
    harbour.languages = ["lb", "fr-BE", "nl"]
    harbour.save()
    paper = paper_of(page_of(client, *CARD, language="ti"))
    assert 'class="card-said" lang="fr"' in paper
    assert "Je parle tigrigna" in paper


@pytest.mark.parametrize(
    ("site", "shown"),
    [("https://guide.example.org", "guide.example.org"), ("", "testserver")],
)
def test_the_card_says_where_to_ask_again(client, harbour, settings, site, shown):
    settings.SITE_URL = site
    assert f'<bdi dir="ltr">{shown}/harbour/still-right/</bdi>' in page_of(client, *CARD)


def test_another_language_is_posted_and_stands_in_no_address(client, harbour):
    paper = paper_of(page_of(client, *CARD, language="ps"))
    assert 'lang="ps" dir="rtl"' in paper
    assert every_language()["ps"].heading in paper


def test_a_language_that_is_not_known_changes_nothing(client, harbour):
    assert 'lang="en" dir="ltr"' in paper_of(page_of(client, *CARD, language="klingon"))


def test_numbers_stay_readable_in_text_that_runs_from_the_right(client, harbour):
    walk(client, ADULT)
    paper = paper_of(page_of(client, *CARD, language="ar"))
    assert '<bdi dir="ltr">02 555 03 03</bdi>' in paper


def test_a_vetted_worker_gets_nothing_onto_the_card_that_is_not_for_everybody(client, harbour):
    factories.make_service(
        harbour, name="Hidden", needs=["helpline"], phones=["+32 2 555 66 66"], opening_hours="24/7", visibility="professional"
    )  # fmt: skip
    worker = browser_of("worker", harbour)
    assert "02 555 66 66" in page_of(worker, "plan", "harbour")
    assert "02 555 66 66" not in page_of(worker, *CARD)


def test_a_machines_words_are_labelled(client, harbour, monkeypatch):
    label = "drafted by a machine"
    assert label in page_of(client, *CARD, language="am")
    spoken = every_language() | {
        "am": type(every_language()["am"])(
            **{**vars(every_language()["am"]), "reviewed_by": "A. Speaker, 2026-11-20"}
        )
    }
    monkeypatch.setattr("referrals.card.words.every_language", lambda: spoken)
    assert label not in page_of(client, *CARD, language="am")


def test_the_page_asks_few_queries(client, harbour, django_assert_max_num_queries):
    walk(client, ADULT)
    client.get(reverse(*CARD[:1], args=CARD[1:]))
    with django_assert_max_num_queries(3):
        client.get(reverse("card", args=["harbour"]))


def code_on(client):
    walk(client, ADULT)
    return re.search(r'card-code"[^>]*>\S+ <bdi dir="ltr">([A-Z0-9-]+)', page_of(client, *CARD))[1]


def test_a_code_of_the_card_is_still_right(client, harbour):
    words = every_language()["en"]
    assert words.right in page_of(client, *STILL_RIGHT, code=code_on(client))


def test_a_code_answers_without_saying_what_it_is(client, harbour):
    html = page_of(client, *STILL_RIGHT, code=code_on(client))
    assert "Lantern" not in html
    assert "555" not in html


def test_a_code_that_no_number_has_any_more_says_so(client, harbour):
    code = code_on(client)
    harbour.services.update(opening_hours="Mo 09:00-10:00")
    harbour.save()
    assert every_language()["en"].changed in page_of(client, *STILL_RIGHT, code=code)


def test_a_slip_of_the_pen_is_told_from_a_change(client, harbour):
    html = page_of(client, *STILL_RIGHT, code="ACD-3466")
    assert every_language()["en"].mistyped in html
    assert every_language()["en"].changed not in html


def test_the_answer_is_in_the_language_of_the_readers_browser(client, harbour):
    address = reverse("still-right", args=["harbour"])
    html = client.get(address, headers={"Accept-Language": "ti-ER,en;q=0.5"}).content.decode()
    assert every_language()["ti"].ask_code in html


def test_another_language_can_be_chosen(client, harbour):
    html = page_of(client, *STILL_RIGHT, language="fa")
    assert every_language()["fa"].ask_code in html
    assert every_language()["fa"].mistyped not in html

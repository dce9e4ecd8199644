"""The toolboxes as they are shipped: complete, short, in plain words, with sources that are known."""

import gzip
import re

import pyphen
import pytest

from learning import fixture_files
from learning.models import Passage
from tests.pages import GUIDE, PLAN, TELLING_WORDS
from tests.test_promises import GUIDED_PAGE_BYTES, Elements, compressed_size

ROWS = {row.data["code"]: row.data for row in fixture_files.read()}
GROUPS = ("", *Passage.Group.values)
#: Flesch-Kincaid, years of school in the United States: five is an age of about eleven.
MOST_YEARS_OF_SCHOOL = 5
MOST_WORDS, LEAST_WORDS, LONGEST_SENTENCE = 120, 55, 26
MOST_QUESTIONS = 15
#: Words that lay blame, or that the field has given up.
NOT_OURS = ("victim of her own", "illegal", "alleged", "admit", "promiscuous", "prostitute")

each_passage = pytest.mark.parametrize("passage", ROWS.values(), ids=ROWS)


def test_everything_one_can_be_at_has_a_passage_of_its_own():
    helped = {key for row in ROWS.values() for key in row["helps"]}
    assert set(fixture_files.known_keys()) - helped == set()


def test_a_reader_of_whom_nothing_is_known_finds_something_nearly_everywhere():
    """What only a group's passage says is shown to all: it is good for nobody else."""
    shared = {key for row in ROWS.values() if not row["group"] for key in row["helps"]}
    only = {"need:guardianship", "need:lgbtqi-support", "need:family-support", "need:fgm"}
    assert set(fixture_files.known_keys()) - shared == only


@pytest.mark.parametrize("group", GROUPS)
def test_a_toolbox_has_every_kind_of_passage(group):
    kinds = {row["kind"] for row in ROWS.values() if row["group"] == group}
    assert set(Passage.Kind.values) - kinds == set()


@each_passage
def test_a_passage_is_short(passage):
    assert LEAST_WORDS <= len(passage["body"].split()) <= MOST_WORDS


@each_passage
def test_a_passage_is_in_plain_words(passage):
    sentences = [
        s for s in re.split(r"[.?!:]+”?\s|\n", passage["body"] + " ") if re.search(r"\w", s)
    ]
    assert [s for s in sentences if len(s.split()) > LONGEST_SENTENCE] == []
    words = re.findall(r"[\w’'-]+", passage["body"])
    hyphens = pyphen.Pyphen(lang="en_US")
    syllables = sum(len(hyphens.positions(word)) + 1 for word in words)
    years = 0.39 * len(words) / len(sentences) + 11.8 * syllables / len(words) - 15.59
    assert years <= MOST_YEARS_OF_SCHOOL


@each_passage
def test_a_passage_blames_nobody_and_raises_no_voice(passage):
    text = passage["title"] + passage["body"]
    assert "!" not in text
    assert [word for word in NOT_OURS if word in text.lower()] == []


@each_passage
def test_a_passage_claims_no_sign_off_and_names_its_sources(passage):
    assert passage["signed_off_by"] == ""
    assert all(source["title"] for source in passage["sources"])
    assert passage["sources"]


@each_passage
def test_what_is_said_of_duties_is_reviewed_within_half_a_year(passage):
    if passage["kind"] == Passage.Kind.REPORT:
        assert (passage["next_review"] - passage["reviewed_on"]).days <= 183


def key_of_button(key):
    return key if key.startswith("question:") else f"{key}:1"


@pytest.mark.django_db
@pytest.mark.usefixtures("four_cities")
@pytest.mark.parametrize(
    ("who", "first"),
    [
        ({}, "A safe place to sleep"),
        (
            {"gender": "trans-woman", "children": "2"},
            "Safe tonight: family, room-mates, the street",
        ),
    ],
)
def test_whatever_is_asked_from_the_guide_is_answered_lightly_and_in_silence(client, who, first):
    answers = {"consent": {"consent": "yes"}, "what": {"wants": ["shelter"]}, "who": who}
    address = f"{GUIDE}danger/"
    for _question in range(MOST_QUESTIONS):
        answer = answers.get(address.rstrip("/").split("/")[-1]) or {"skip": "1"}
        address = client.post(address, answer, follow=True).request["PATH_INFO"]
        if address == PLAN:
            break
    assert address == PLAN
    shelter = client.post(f"{GUIDE}help/", {"for": "need:shelter:1"}).content.decode()
    assert Elements(shelter).texts["h1"] == [first]
    for key in fixture_files.known_keys():
        response = client.post(f"{GUIDE}help/", {"for": key_of_button(key)})
        assert response.status_code == 200, key
        page = Elements(response.content.decode())
        (title,) = page.texts["title"]
        assert [word for word in TELLING_WORDS if word in title.lower()] == []
        assert "No passage could be found" not in response.content.decode(), key
        assets = [script["src"] for script in page.all("script")]
        assets += [link["href"] for link in page.all("link") if "stylesheet" in link["rel"]]
        weight = len(gzip.compress(response.content)) + sum(map(compressed_size, assets))
        assert weight <= GUIDED_PAGE_BYTES / 2, key

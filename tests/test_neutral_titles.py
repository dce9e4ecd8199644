"""No title tells what a page is about, in whatever language: titles stand in histories, tabs and windows."""

import html
import re

import pytest

from tests.pages import EVERY_PAGE

pytestmark = [
    pytest.mark.any_database,
    pytest.mark.django_db,
    pytest.mark.usefixtures("four_cities"),
]

#: Beginnings of words, as `tests.pages.TELLING_WORDS` for English.
TELLING = {
    "fr": "viol agress abus sexuel victim surviv traite refuge excision",
    "nl": "geweld verkracht misbruik aanrand seks slachtoffer mensenhandel vluchthuis besnijd",
    "de": "gewalt vergewalt missbrauch übergriff sexu opfer menschenhandel frauenhaus beschneid",
    "it": "violen stupr abus aggress sessual vittim tratta rifugio mutilaz",
    "sv": "våld övergrepp sexu offer människohandel kvinnojour omskär",
}


@pytest.mark.parametrize("language", TELLING)
def test_titles_are_neutral(client, language):
    telling = re.compile(rf"\b({'|'.join(TELLING[language].split())})", re.IGNORECASE)
    titles = {}
    for name, address in EVERY_PAGE.items():
        page = client.get(address, headers={"Accept-Language": language}).content.decode()
        titles[name] = html.unescape(re.search("<title>(.*?)</title>", page, re.S)[1])
    assert {name: title for name, title in titles.items() if telling.search(title)} == {}

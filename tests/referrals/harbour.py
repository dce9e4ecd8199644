"""An invented city small enough to know by heart, and a worker who walks its guide."""

import datetime

from django.urls import reverse

from referrals import answers
from tests import factories

#: A Monday morning, when offices are open.
MONDAY = datetime.datetime(2026, 11, 23, 10, 0, tzinfo=datetime.UTC)
DAY_AND_NIGHT = "24/7"

#: Answers that lead through the questions of most people; every value is one the form offers.
ADULT = {
    "danger": {"danger": "no"},
    "age": {"age": "adult"},
    "consent": {"consent": "yes"},
    "what": {"concerns": ["sexual-violence"]},
    "when": {"hours_since": "24"},
    "signs": {},
    "who": {"gender": "woman"},
    "status": {"status": "undocumented"},
}
CHILD_ALONE = ADULT | {"age": {"age": "12-15"}, "alone": {"unaccompanied": "yes"}}


def make_harbour():
    """A city with a door for each need that the tests speak of."""
    city = factories.make_city("harbour", name="Harbour")
    city.country.emergency_numbers = {"any": "112", "police": "101"}
    city.country.save()
    _door(city, "Alarm Line", ["emergency", "urgent-medical"], "112", DAY_AND_NIGHT)
    _door(city, "Night Ear", ["helpline", "mental-health-crisis"], "+32 2 555 02 02", DAY_AND_NIGHT)
    _door(
        city,
        "Lantern Clinic",
        ["rape-care", "evidence"],
        "+32 2 555 03 03",
        DAY_AND_NIGHT,
        criteria={"women": "takes", "men": "takes", "minors": "takes", "no-police-report": "takes"},
        how_to_get_in="walk-in",
        summary="Care after violence.",
    )
    _door(
        city,
        "Quay House",
        ["shelter"],
        "+32 2 555 04 04",
        "Mo-Fr 09:00-17:00",
        confidential=True,
        criteria={
            "women": "takes",
            "men": "does-not-take",
            "with-children": {"stance": "takes", "limit": 12},
        },
    )
    _door(
        city,
        "Dockside Rooms",
        ["shelter"],
        "+32 2 555 05 05",
        DAY_AND_NIGHT,
        criteria={"undocumented": "does-not-take"},
    )
    _door(
        city,
        "Small Boats",
        ["child-protection", "guardianship"],
        "+32 2 555 06 06",
        DAY_AND_NIGHT,
        criteria={"minors": "takes"},
        for_minors_only=True,
    )
    _door(
        city,
        "Compass",
        ["violence-support", "disclosure"],
        "+32 2 555 07 07",
        "Mo-Fr 09:00-17:00",
        languages=["en", "fr"],
    )
    _door(city, "Harbour Law", ["legal-advice", "asylum-residence"], "+32 2 555 08 08", "")
    factories.make_place(city, "Old Station")
    return city


def _door(city, name, needs, number, hours, **fields):
    sources = [{"publisher": "Harbour Gazette", "url": "https://example.org/", "date": "2026-01"}]
    return factories.make_service(
        city,
        name=name,
        organization=f"{name} Society",
        needs=needs,
        opening_hours=hours,
        phones=[number],
        sources=sources,
        **fields,
    )


def question_url(question, city="harbour"):
    return reverse("question", args=[city, question])


def plan_url(city="harbour"):
    return reverse("plan", args=[city])


def give(client, question, given, city="harbour", **more):
    """Send one answer as the form does; refuses a question that the answers do not reach."""
    url = question_url(question, city)
    opened = client.get(url)
    assert opened.status_code == 200, f"the answers lead to {opened.get('Location')}, not to {url}"
    return client.post(url, {**given, **more})


def walk(client, given, city="harbour", until=None):
    """Answer what is asked, with "don't know" where nothing is given, up to a question or the plan."""
    asked = []
    following = client.get(reverse("guide", args=[city]))["Location"]
    while following != plan_url(city):
        question = following.rstrip("/").split("/")[-1]
        if question == until:
            break
        asked.append(question)
        sent = give(client, question, given.get(question, {"skip": "1"}), city)
        assert sent.status_code == 303, f"{question} took no answer"
        following = sent["Location"]
    return asked


def kept(client, city):
    """The answers as the device holds them, opened with the site's key."""

    class Request:
        COOKIES = {name: morsel.value for name, morsel in client.cookies.items()}

    return answers.read(Request, city)

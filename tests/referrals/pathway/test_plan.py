"""The plan: needs, order, clock, doors and what stands behind them. Invented listings."""

import dataclasses
import datetime

import pytest

from referrals.pathway.facts import parse_facts
from referrals.pathway.plan import NoDoorError, make_plan
from services.hours import UNKNOWN
from tests.referrals.pathway.builders import (
    NIGHT,
    NOON,
    base_pathway,
    listing,
    needs,
    plan,
    slugs,
    step,
)

CENTRE = listing("centre", "rape-care", "evidence", opening_hours="24/7")
HELPLINE = listing("helpline", "helpline", opening_hours="24/7")
REFUGE = listing("refuge", "shelter", opening_hours="24/7", criteria={"men": "does-not-take"})
DAYTIME = "Mo-Fr 09:00-17:00"


def test_danger_now_comes_before_everything():
    found = plan([CENTRE], danger="now", concerns=["sexual-violence"], hours_since=2)
    assert needs(found)[0] == "emergency"
    assert found.steps[0].urgency == "now"


@pytest.mark.parametrize(
    ("facts", "deadline", "left"),
    [
        ({"hours_since": 20, "gender": "woman"}, 72, 52),
        ({"hours_since": 72, "gender": "woman"}, 72, 0),
        ({"hours_since": 80, "gender": "woman"}, 120, 40),
        ({"hours_since": 80, "gender": "man"}, 168, 88),
        ({"hours_since": 80, "pregnant_possible": False}, 168, 88),
        ({"hours_since": 130}, 168, 38),
        ({"hours_since": 300}, None, None),
        ({}, 72, None),
    ],
)
def test_the_next_window_still_open_is_the_deadline(facts, deadline, left):
    found = step(plan([CENTRE], concerns=["sexual-violence"], **facts), "rape-care")
    assert (found.deadline_hours, found.hours_left) == (deadline, left)


def test_after_the_last_window_the_step_stays_and_hurries_less():
    found = step(plan([CENTRE], concerns=["sexual-violence"], hours_since=5000), "rape-care")
    assert found.urgency == "soon"
    assert slugs(found) == ["centre"]


def test_plan_a_is_open_at_night_even_when_a_closed_door_fits_better():
    closed = listing("a-centre", "shelter", opening_hours=DAYTIME, groups=["women-girls"])
    open_now = listing("z-centre", "shelter", opening_hours="24/7")
    found = step(plan([closed, open_now], at=NIGHT, danger="now", gender="woman"), "shelter")
    assert slugs(found)[0] == "z-centre"


def test_a_pressing_need_without_an_open_door_gets_the_line_that_is():
    closed = listing("closed", "shelter", opening_hours="Sa 10:00-11:00")
    found = step(plan([closed, HELPLINE], at=NIGHT, danger="soon"), "shelter")
    assert slugs(found) == ["helpline", "closed"]
    assert found.fallback


def test_a_door_whose_hours_are_unknown_is_tried_before_the_line_behind_it():
    unknown = listing("unknown", "shelter")
    found = step(plan([unknown, HELPLINE], at=NIGHT, danger="soon"), "shelter")
    assert slugs(found) == ["unknown", "helpline"]
    assert not found.fallback


def test_a_door_made_for_others_is_not_plan_a_while_one_without_phone_takes_the_person():
    asks = listing("asks", "rape-care", opening_hours="24/7", groups=["women-girls"])
    takes = listing(
        "takes", "rape-care", opening_hours="24/7", phone=False, criteria={"men": "takes"}
    )
    also_asks = listing("z-asks", "rape-care", opening_hours="24/7", groups=["women-girls"])
    facts = {"gender": "man", "concerns": ["sexual-violence"], "hours_since": 5}
    found = step(plan([asks, takes, also_asks], **facts), "rape-care")
    assert slugs(found) == ["112", "takes", "asks"]
    assert found.fallback


def test_in_office_hours_an_unknown_door_is_as_good_as_an_open_one_for_today():
    special = listing("z-team", "child-protection", for_minors_only=True, groups=["families"])
    line = listing("a-line", "child-protection", opening_hours="24/7", reach="national")
    facts = {"age": "12-15", "concerns": ["family-violence"], "children": 1}
    assert slugs(step(plan([special, line], **facts), "child-protection"))[0] == "z-team"
    by_night = plan([special, line], at=NIGHT, **facts)
    assert slugs(step(by_night, "child-protection"))[0] == "a-line"


def test_specialists_in_something_else_come_after_general_doors():
    fgm_centre = listing("a-fgm", "fgm", "psychosocial")
    general = listing("z-general", "psychosocial", "legal-advice")
    facts = {"wants": ["psychosocial"]}
    assert slugs(step(plan([fgm_centre, general], **facts), "psychosocial"))[0] == "z-general"
    hurt = plan([fgm_centre, general], concerns=["fgm-done"], **facts)
    assert slugs(step(hurt, "psychosocial"))[0] == "a-fgm"


def test_a_helpline_that_sleeps_is_backed_by_one_that_does_not():
    asleep = listing("asleep", "helpline", opening_hours=DAYTIME)
    awake = listing("awake", "mental-health-crisis", opening_hours="24/7")
    found = step(plan([asleep, awake], at=NIGHT, concerns=["harassment"]), "helpline")
    assert slugs(found) == ["awake", "asleep"]


def test_an_open_door_without_a_phone_is_not_enough_when_it_presses():
    closed = listing("closed", "mental-health-crisis", opening_hours=DAYTIME)
    mute = listing("mute", "mental-health-crisis", phone=False, opening_hours="24/7")
    found = step(plan([closed, mute], at=NIGHT, red_flags=["suicidal"]), "mental-health-crisis")
    assert slugs(found)[0] == "112"
    assert found.fallback


def test_doors_made_for_another_gender_stay_away_where_one_that_fits_can_be_called():
    womens = listing("a-womens", "shelter", groups=["women-girls"], criteria={"women": "takes"})
    general = listing("z-general", "shelter")
    facts = {"wants": ["shelter"], "gender": "man"}
    assert slugs(step(plan([womens, general], **facts), "shelter"))[0] == "z-general"
    assert "a-womens" not in slugs(step(plan([womens, general], **facts), "shelter"))
    assert "a-womens" in slugs(step(plan([womens], **facts), "shelter"))


def test_a_quiet_need_without_a_door_falls_back_to_a_line_not_to_the_alarm():
    found = step(plan([HELPLINE], wants=["medical-care"]), "medical-care")
    assert slugs(found) == ["helpline"]


def test_the_alarm_stands_in_only_where_there_is_danger():
    quiet = listing("quiet", "helpline", opening_hours="Mo-Fr 09:00-17:00")
    calm = plan([quiet], at=NIGHT, concerns=["fgm-risk"])
    assert slugs(step(calm, "fgm")) == ["quiet"]
    danger = plan([], at=NIGHT, danger="soon", concerns=["honour-violence"])
    assert slugs(step(danger, "honour-violence")) == ["112"]


def test_an_emergency_line_that_also_protects_children_is_for_emergencies():
    alarm = listing(
        "alarm", "emergency", "child-protection", opening_hours="24/7", reach="national"
    )
    team = listing("team", "child-protection", opening_hours="24/7")
    facts = {"age": "12-15", "concerns": ["family-violence"]}
    assert slugs(step(plan([alarm, team], **facts), "child-protection")) == ["team"]


def test_the_police_keep_no_evidence_for_somebody_without_papers():
    police = listing("police", "evidence", "police-report", opening_hours="24/7")
    facts = {"concerns": ["sexual-violence"], "hours_since": 5}
    assert "police" in slugs(step(plan([police, CENTRE], **facts), "evidence"))
    hidden = plan([police, CENTRE], status="undocumented", **facts)
    assert "police" not in slugs(step(hidden, "evidence"))


def test_somebody_who_uses_violence_gets_no_shelter_and_no_survivors_line():
    survivors = listing("a-survivors", "helpline", "rape-care", opening_hours="24/7")
    anybody = listing("z-anybody", "helpline", opening_hours="24/7")
    found = plan([survivors, anybody, REFUGE], concerns=["uses-violence"], danger="soon")
    assert "shelter" not in needs(found)
    assert slugs(step(found, "helpline"))[0] == "z-anybody"


def test_the_near_door_comes_before_the_first_door_when_a_place_is_given():
    far = listing("a-far", "legal-advice", at=(50.95, 4.6))
    close = listing("z-close", "legal-advice", at=(50.85, 4.35))
    pathway = dataclasses.replace(base_pathway(), first_doors={"legal-advice": ("a-far",)})
    facts = {"wants": ["legal-advice"]}
    assert slugs(step(plan([far, close], pathway=pathway, **facts), "legal-advice"))[0] == "a-far"
    near = {"latitude": 50.85, "longitude": 4.35}
    found = plan([far, close], pathway=pathway, near=near, **facts)
    assert slugs(step(found, "legal-advice"))[0] == "z-close"


def test_a_door_that_knows_lgbtqi_lives_keeps_a_place_among_the_three():
    doors = [listing(f"a-door-{n}", "shelter", opening_hours="24/7") for n in range(4)]
    own = listing("z-own", "shelter", groups=["lgbtqi"], criteria={"trans": "takes"})
    found = step(plan([*doors, own], danger="soon", gender="trans-woman"), "shelter")
    assert "z-own" in slugs(found)


def test_care_comes_before_traces_where_no_window_is_known_after_three_days():
    pathway = base_pathway(country="IT")
    facts = {"gender": "man", "concerns": ["sexual-violence"], "hours_since": 100}
    found = needs(plan([CENTRE], pathway=pathway, **facts))
    assert found.index("rape-care") < found.index("evidence")


def test_a_child_is_seen_by_a_doctor_whatever_was_said_about_help():
    facts = {"age": "12-15", "concerns": ["sexual-violence"], "hours_since": 5, "consent": "no"}
    assert "rape-care" in needs(plan([CENTRE], **facts))
    adult = {**facts, "age": "adult"}
    assert "rape-care" not in needs(plan([CENTRE], **adult))


def test_nobody_is_sent_to_the_emergency_number_because_a_helpline_sleeps():
    asleep = listing("asleep", "helpline", opening_hours=DAYTIME)
    found = step(plan([asleep], at=NIGHT, concerns=["harassment"]), "helpline")
    assert slugs(found) == ["asleep"]
    in_danger = plan([asleep], at=NIGHT, concerns=["harassment"], danger="now")
    assert slugs(step(in_danger, "helpline")) == ["asleep"]
    assert needs(in_danger)[0] == "emergency"


def test_a_need_without_a_door_falls_back_and_says_so():
    found = step(plan([HELPLINE], danger="soon"), "shelter")
    assert slugs(found) == ["helpline"]
    assert found.fallback


def test_a_row_without_phone_or_email_is_never_plan_a():
    mute = listing("mute", "shelter", phone=False, opening_hours="24/7", how_to_get_in="walk-in")
    found = step(plan([mute, HELPLINE], danger="soon"), "shelter")
    assert slugs(found) == ["helpline", "mute"]
    assert found.fallback


def test_email_alone_is_enough_to_ask():
    mail = listing("mail", "legal-advice", phone=False, email="desk@example.org")
    assert slugs(step(plan([mail], wants=["legal-advice"]), "legal-advice")) == ["mail"]


def test_who_is_not_taken_is_never_an_option_and_never_silent():
    found = step(plan([REFUGE, HELPLINE], danger="soon", gender="man"), "shelter")
    assert "refuge" not in slugs(found)
    assert [door.listing.slug for door in found.passed_over] == ["refuge"]


def test_options_come_from_different_organisations():
    doors = [listing(f"door-{n}", "legal-advice", organization="Same") for n in range(3)]
    other = listing("zz-other", "legal-advice")
    assert slugs(step(plan([*doors, other], wants=["legal-advice"]), "legal-advice")) == [
        "door-0",
        "zz-other",
    ]


def test_there_are_at_most_three_options():
    doors = [listing(f"door-{n}", "legal-advice") for n in range(5)]
    assert len(step(plan(doors, wants=["legal-advice"]), "legal-advice").options) == 3


def test_stale_never_ranks_first_while_something_fresh_fits():
    stale = listing("a-stale", "legal-advice", trust="stale", groups=["women-girls"])
    fresh = listing("z-fresh", "legal-advice", trust="confirmed")
    found = step(plan([stale, fresh], wants=["legal-advice"], gender="woman"), "legal-advice")
    assert slugs(found)[0] == "z-fresh"


def test_the_door_made_for_the_person_comes_first():
    general = listing("a-general", "psychosocial", criteria={"lgbtqi": "takes"})
    special = listing("z-special", "psychosocial", groups=["lgbtqi"])
    found = plan([general, special], wants=["psychosocial"], gender="trans-man")
    assert slugs(step(found, "psychosocial"))[0] == "z-special"
    found = plan([general, special], wants=["psychosocial"], gender="man")
    assert slugs(step(found, "psychosocial"))[0] == "a-general"


def test_the_shared_language_comes_first():
    other = listing("a-other", "legal-advice", languages=("nl",))
    shared = listing("z-shared", "legal-advice", languages=("ar",))
    found = plan([other, shared], wants=["legal-advice"], languages=["ar"])
    assert slugs(step(found, "legal-advice"))[0] == "z-shared"


def test_near_comes_first_and_secret_places_are_not_measured():
    far = listing("a-far", "legal-advice", at=(50.9, 4.5))
    close = listing("z-close", "legal-advice", at=(50.85, 4.35))
    secret = listing("m-secret", "legal-advice", at=(50.85, 4.35), confidential=True)
    found = plan(
        [far, close, secret], wants=["legal-advice"], near={"latitude": 50.85, "longitude": 4.35}
    )
    doors = step(found, "legal-advice").options
    assert [door.listing.slug for door in doors] == ["z-close", "a-far", "m-secret"]
    assert [door.distance_km for door in doors] == [0.0, pytest.approx(12, abs=1), None]


@pytest.mark.parametrize("consent", ["no", "not-now"])
def test_without_consent_only_what_the_person_can_use_alone(consent):
    found = plan(
        [CENTRE, HELPLINE, REFUGE],
        consent=consent,
        concerns=["partner-violence", "sexual-violence"],
        wants=["shelter"],
        danger="soon",
    )
    assert needs(found) == ["helpline"]
    assert "no-consent-options" in [n.code for n in found.notices]


def test_without_consent_danger_still_counts():
    found = plan([HELPLINE], consent="no", danger="now")
    assert needs(found) == ["emergency", "helpline"]


def test_without_consent_a_childs_safety_still_counts():
    found = plan([HELPLINE], consent="no", age="12-15", unaccompanied=True)
    assert set(needs(found)) == {"helpline", "child-protection", "guardianship"}
    assert needs(found)[0] == "helpline"


@pytest.mark.parametrize(
    ("facts", "need"),
    [
        ({"red_flags": ["strangulation"]}, "urgent-medical"),
        ({"red_flags": ["heavy-bleeding"]}, "emergency"),
        ({"red_flags": ["suicidal"]}, "mental-health-crisis"),
        ({"age": "16-17", "concerns": ["harassment"]}, "child-protection"),
        ({"age": "16-17", "unaccompanied": True}, "guardianship"),
        ({"danger": "soon"}, "shelter"),
        ({"concerns": ["honour-violence"]}, "honour-violence"),
        ({"concerns": ["forced-marriage"]}, "honour-violence"),
        ({"concerns": ["fgm-risk"]}, "fgm"),
        ({"concerns": ["trafficking"]}, "trafficking"),
        ({"concerns": ["uses-violence"]}, "perpetrator-work"),
        ({"concerns": ["hate-violence"], "groups": ["lgbtqi"]}, "lgbtqi-support"),
        ({"concerns": ["partner-violence"], "status": "dependent-permit"}, "asylum-residence"),
        ({"languages": ["ti"]}, "interpretation"),
        ({"wants": ["housing"]}, "housing"),
        ({}, "disclosure"),
    ],
)
def test_facts_raise_needs(facts, need):
    assert need in needs(plan([HELPLINE], **facts))


def test_somebody_who_uses_violence_is_not_sent_to_survivors_doors():
    assert "violence-support" not in needs(plan([HELPLINE], concerns=["uses-violence"]))


@pytest.mark.parametrize(
    ("facts", "code", "shown"),
    [
        ({"danger": "now"}, "call-emergency", True),
        ({"danger": "no"}, "call-emergency", False),
        ({"red_flags": ["strangulation"]}, "strangulation-red-flag", True),
        ({"red_flags": ["suicidal"]}, "suicide-risk", True),
        ({"age": "12-15"}, "duty-to-report", True),
        ({"age": "adult"}, "duty-to-report", False),
        ({"age": "12-15"}, "best-interests", True),
        ({"age": "12-15", "unaccompanied": True}, "guardian-must-be-appointed", True),
        ({"age": "12-15", "unaccompanied": False}, "guardian-must-be-appointed", False),
        ({}, "consent-needed", True),
        ({"consent": "yes"}, "consent-needed", False),
        ({"consent": "no"}, "no-consent-options", True),
        ({"concerns": ["sexual-violence"], "hours_since": 71}, "hiv-pep-window", True),
        ({"concerns": ["sexual-violence"], "hours_since": 73}, "hiv-pep-window", False),
        ({"concerns": ["sexual-violence"]}, "emergency-contraception-window", True),
        (
            {"concerns": ["sexual-violence"], "gender": "man"},
            "emergency-contraception-window",
            False,
        ),
        ({"concerns": ["sexual-violence"], "hours_since": 100}, "evidence-window", True),
        ({"concerns": ["sexual-violence"], "hours_since": 400}, "evidence-window", False),
        ({"concerns": ["sexual-violence"], "hours_since": 400}, "never-too-late", True),
        ({"concerns": ["past-violence"]}, "never-too-late", True),
        ({"concerns": ["sexual-violence"], "hours_since": 3}, "never-too-late", False),
        ({"concerns": ["sexual-violence"]}, "evidence-without-police", True),
        ({"status": "undocumented"}, "undocumented-care", True),
        ({"status": "undocumented"}, "undocumented-police-risk", True),
        ({"status": "asylum-seeker"}, "undocumented-police-risk", False),
        ({"status": "dependent-permit"}, "residence-dependent-permit", True),
        ({"concerns": ["honour-violence"]}, "honour-do-not-involve-family", True),
        ({"languages": ["ti"]}, "no-family-interpreter", True),
        ({"languages": ["fr"]}, "no-family-interpreter", False),
        ({"concerns": ["partner-violence"]}, "do-not-mediate", True),
        ({"concerns": ["stalking"]}, "digital-safety", True),
    ],
)
def test_notices_appear_when_they_must_and_only_then(facts, code, shown):
    assert (code in [n.code for n in plan([HELPLINE], **facts).notices]) is shown


def test_the_sample_notice_hangs_on_the_data_and_not_on_the_facts():
    arguments = (base_pathway(), parse_facts({}), [HELPLINE], NOON, lambda entry: UNKNOWN)
    quiet = make_plan(*arguments)
    marked = make_plan(*arguments, sample=True)
    assert "sample-data" not in [n.code for n in quiet.notices]
    assert "sample-data" in [n.code for n in marked.notices]


def test_same_input_and_same_time_give_the_same_plan():
    doors = [listing(f"door-{n}", "shelter", "helpline") for n in range(6)]
    facts = {"danger": "soon", "concerns": ["family-violence"], "children": 2}
    assert plan(doors, **facts) == plan(list(reversed(doors)), **facts)


def test_a_city_without_any_emergency_line_is_a_fault_that_is_named():
    with pytest.raises(NoDoorError):
        make_plan(base_pathway(), parse_facts({}), [], NOON, lambda entry: UNKNOWN)


def test_steps_stand_in_the_order_of_the_clock():
    found = plan(
        [CENTRE, HELPLINE, REFUGE],
        at=NOON + datetime.timedelta(days=1),
        danger="soon",
        concerns=["sexual-violence", "partner-violence"],
        red_flags=["strangulation"],
        wants=["legal-advice"],
        hours_since=10,
    )
    ranks = ["now", "hours", "today", "soon", "when-ready"]
    assert [ranks.index(s.urgency) for s in found.steps] == sorted(
        ranks.index(s.urgency) for s in found.steps
    )
    assert needs(found)[:3] == ["urgent-medical", "rape-care", "evidence"]

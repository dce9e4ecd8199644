"""An invented plan, and what is sent for one, for the OpenAPI document."""

from services.api.examples import CITY, an_id

REQUEST = {
    "A woman, after sexual violence, who consents": {
        "city": CITY,
        "language": "en",
        "facts": {
            "age": "adult",
            "gender": "woman",
            "consent": "yes",
            "concerns": ["sexual-violence"],
            "hours_since": 20,
            "languages": ["ar", "fr"],
        },
    },
    "Danger soon, two children, nothing else is known": {
        "city": CITY,
        "facts": {"danger": "soon", "children": 2, "at": "2026-11-16T21:10:00+01:00"},
    },
}

_SOURCE = {
    "title": "An invented guideline",
    "publisher": "Harbour Health",
    "url": "https://health.example/guideline",
    "date": "2026-01",
}
_NOTICE = {
    "code": "consent-needed",
    "level": "care",
    "title": "Ask before you call",
    "text": "Say whom you want to call and what you would say. “No” is a good answer.",
    "country": None,
    "source": _SOURCE,
    "reviewed_on": "2026-11-01",
    "signed_off": False,
}
_OPTION = {
    "service_at_location": an_id("clinic site"),
    "service": an_id("clinic"),
    "name": "Lantern Clinic",
    "organization": "Harbour Hospital",
    "reach": "city",
    "match": "takes",
    "reasons": [{"code": "women", "text": "Takes women"}],
    "ask": [{"code": "interpreter-for", "text": "Is there an interpreter for Arabic?"}],
    "open": "open",
    "opens_at": None,
    "closes_at": None,
    "phones": [{"number": "02 555 03 03", "href": "tel:+3225550303", "note": "", "hours": "24/7"}],
    "how_to_get_in": "walk-in",
    "distance_km": None,
    "languages": ["fr", "nl", "en"],
    "confirmed_on": "2026-10-30",
    "trust": "confirmed",
}
_STEP = {
    "need": "rape-care",
    "title": "Care after sexual violence",
    "urgency": "hours",
    "deadline_hours": 72,
    "hours_left": 52,
    "why": "Some treatment works only within three days.",
    "rule": "rape-care",
    "source": _SOURCE,
    "fallback": False,
    "options": [_OPTION],
    "passed_over": [
        {
            "service": an_id("passed over"),
            "name": "Quay Rooms",
            "reasons": [{"code": "full", "text": "full at the moment"}],
        }
    ],
}


def plan():
    moment = "2026-11-16T21:10:00+01:00"
    body = {"city": CITY, "made_for": moment, "notices": [_NOTICE], "steps": [_STEP]}
    return {"One step with one door": body}


_WHEN = {"all": [], "any": ["sexual-violence"], "none": []}
_REVIEW = {
    "source": _SOURCE,
    "reviewed_on": "2026-11-01",
    "expires_on": "2027-11-01",
    "signed_off": False,
}
_QUESTION = {
    "id": "danger",
    "title": "Is anyone in danger right now?",
    "hint": "",
    "why": "Danger comes before everything else.",
    "how": "“Are you safe here, at this moment?”",
    "beside_the_plan": False,
    "fields": [
        {
            "fact": "danger",
            "several": False,
            "legend": "",
            "options": [{"value": "now", "label": "Yes, now", "hint": ""}],
        }
    ],
}
_RULE = {
    "rule": "rape-care",
    "need": "rape-care",
    "urgency": "hours",
    "why": "Some treatment works only within three days.",
    "when": _WHEN,
    "windows": ["hiv-pep"],
    "without_consent": False,
} | _REVIEW
_NOTICE_RULE = {
    "notice": "consent",
    "code": "consent-needed",
    "level": "care",
    "title": _NOTICE["title"],
    "text": _NOTICE["text"],
    "country": None,
    "when": {"all": ["consent-not-asked"], "any": [], "none": []},
} | _REVIEW


def pathway():
    body = {
        "city": CITY,
        "country": "BE",
        "facts": {"danger": ["now", "soon", "no"]},
        "questions": [_QUESTION],
        "needs": [_RULE],
        "windows": [{"window": "hiv-pep", "hours": 72, "when": _WHEN} | _REVIEW],
        "notices": [_NOTICE_RULE],
        "order": ["emergency", "rape-care"],
        "fallbacks": {"rape-care": ["urgent-medical", "helpline"]},
        "first_doors": {"rape-care": ["lantern-clinic"]},
    }
    return {"One of each": body}

"""The pathway of a city as data: questions, rules, windows, notices, each with its source.

Enough for a partner to render the guide: ask the questions in order, send the facts to
`referral-plan`. Conditions are names of predicates; the `condition` words are those of the engine.
"""

from referrals import words
from referrals.pathway import facts


def pathway_body(pathway):
    """The body of `GET /api/v1/pathway`, in the active language."""
    return {
        "city": pathway.city or None,
        "country": pathway.country or None,
        "facts": _facts(),
        "questions": [_question(question) for question in pathway.questions],
        "needs": [_rule(rule) for rule in pathway.rules],
        "windows": [_window(window) for window in pathway.windows.values()],
        "notices": [_notice(notice) for notice in pathway.notices],
        "order": list(pathway.order),
        "fallbacks": {need: list(chain) for need, chain in pathway.fallbacks.items()},
        "first_doors": {need: list(doors) for need, doors in pathway.first_doors.items()},
    }


def _facts():
    """The values that a fact may have; those without a list are free within their kind."""
    return {
        "danger": list(facts.DANGER),
        "age": list(facts.AGES),
        "gender": list(facts.GENDERS),
        "groups": list(facts.GROUPS),
        "consent": list(facts.CONSENT),
        "concerns": list(facts.CONCERNS),
        "red_flags": list(facts.RED_FLAGS),
        "status": list(facts.STATUSES),
        "wants": list(facts.NEEDS),
        "prefers": list(facts.PREFERENCES),
    }


def _question(question):
    return {
        "id": question.id,
        "title": words.say(question.title),
        "hint": words.say(question.hint),
        "why": words.say(question.why),
        "how": words.say(question.how),
        "beside_the_plan": question.refine,
        "fields": [_field(field) for field in question.fields],
    }


def _field(field):
    return {
        "fact": field.fact,
        "several": field.several,
        "legend": words.say(field.legend),
        "options": [
            {"value": o.value, "label": words.say(o.label), "hint": words.say(o.hint)}
            for o in field.options
        ],
    }


def _rule(rule):
    return {
        "rule": rule.id,
        "need": rule.need,
        "urgency": rule.urgency,
        "why": words.say(rule.why),
        "when": _condition(rule.when),
        "windows": list(rule.windows),
        "without_consent": rule.without_consent,
        **_review(rule.review),
    }


def _window(window):
    return {
        "window": window.id,
        "hours": window.hours,
        "when": _condition(window.when),
        **_review(window.review),
    }


def _notice(notice):
    return {
        "notice": notice.id,
        "code": notice.code,
        "level": notice.level,
        "title": words.say(notice.title),
        "text": words.say(notice.text),
        "country": notice.country or None,
        "when": _condition(notice.when),
        **_review(notice.review),
    }


def _condition(condition):
    return {"all": list(condition.all), "any": list(condition.any), "none": list(condition.none)}


def _review(review):
    return {
        "source": review.source.as_dict(),
        "reviewed_on": review.reviewed_on.isoformat(),
        "expires_on": review.expires_on.isoformat(),
        "signed_off": review.signed_off,
    }

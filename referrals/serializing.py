"""A plan as the API's JSON body (design, "The pathway"); the contract's keys and no others."""

from referrals import words


def plan_body(plan, city, titles):
    """The 200 body of `POST /api/v1/referral-plan`. `titles` maps need codes to names."""
    return {
        "city": city.slug,
        "made_for": plan.at.isoformat(),
        "notices": [notice_body(notice) for notice in plan.notices],
        "steps": [_step(step, titles, plan.at) for step in plan.steps],
    }


def notice_body(notice):
    return {
        "code": notice.code,
        "level": notice.level,
        "title": words.say(notice.title),
        "text": words.say(notice.text),
        "country": notice.country or None,
        "source": notice.review.source.as_dict(),
        "reviewed_on": notice.review.reviewed_on.isoformat(),
        "signed_off": notice.review.signed_off,
    }


def _step(step, titles, at):
    return {
        "need": step.need,
        "title": titles.get(step.need, step.need),
        "urgency": step.urgency,
        "deadline_hours": step.deadline_hours,
        "hours_left": step.hours_left,
        "why": words.say(step.rule.why),
        "rule": step.rule.id,
        "source": step.rule.review.source.as_dict(),
        "fallback": step.fallback,
        "options": [_option(door, at) for door in step.options],
        "passed_over": [
            *(_set_aside(door, at) for door in step.set_aside),
            *(_passed_over(door) for door in step.passed_over),
        ],
    }


def _option(door, at):
    listing, opening = door.listing, door.opening
    contact = listing.trust.get("contact")
    return {
        "service_at_location": listing.service_at_location,
        "service": listing.id,
        "name": listing.name,
        "organization": listing.organization,
        "reach": listing.reach,
        "match": door.fit.match,
        "reasons": [_coded(f, words.finding_text) for f in door.fit.fits],
        "ask": [*_told(door, at), *(_coded(f, words.ask_text) for f in door.fit.asks)],
        "open": opening.state,
        "opens_at": _moment(opening.opens_at),
        "closes_at": _moment(opening.closes_at),
        "phones": [
            {"number": p.number, "href": p.href, "note": p.note, "hours": p.opening_hours}
            for p in listing.phones
        ],
        "how_to_get_in": listing.how_to_get_in or "unknown",
        "distance_km": door.distance_km,
        "languages": list(listing.languages),
        "confirmed_on": contact.on.isoformat() if contact and contact.on else None,
        "trust": contact.state if contact else "never",
    }


def _told(door, at):
    """What somebody met there lately, as one more thing to ask about."""
    if door.told is not None:
        yield {"code": _told_code(door), "text": words.told_text(door.told, at)}


def _told_code(door):
    return f"told-{door.told.kind}"


def _set_aside(door, at):
    reason = {"code": _told_code(door), "text": words.said_of(door.told, at)}
    return {"service": door.listing.id, "name": door.listing.name, "reasons": [reason]}


def _passed_over(door):
    return {
        "service": door.listing.id,
        "name": door.listing.name,
        "reasons": [_coded(f, words.refusal_text) for f in door.fit.refusals],
    }


def _coded(finding, text_of):
    return {"code": finding.code, "text": text_of(finding)}


def _moment(moment):
    return moment.isoformat() if moment else None

"""The pathway as text, so that a reviewer sees a change to it as a diff."""

from referrals.pathway.rules import Pathway


def outline(pathway: Pathway) -> str:
    """Questions, rules, windows, notices and fallbacks of a city, one line each, in order."""
    return "\n".join(
        [
            f"Pathway of {pathway.city or 'every city'} ({pathway.country or 'any country'})",
            "",
            "Questions",
            *(_question(q) for q in pathway.questions),
            "",
            "Needs",
            *(_rule(rule) for rule in pathway.rules),
            "",
            "Windows",
            *(
                f"  {w.id}: {w.hours:g} h{_when(w.when)}  [{_review(w.review)}]"
                for w in pathway.windows.values()
            ),
            "",
            "Notices",
            *(
                f"  {n.level:6} {n.id}{_when(n.when)}  [{_review(n.review)}]"
                for n in pathway.notices
            ),
            "",
            "When every door of a need stays shut",
            *(f"  {need} → {' → '.join(chain)}" for need, chain in pathway.fallbacks.items()),
            "",
        ]
    )


def _question(question):
    answers = "; ".join(
        f"{field.fact} = {' | '.join(option.key for option in field.options) or '…'}"
        for field in question.fields
    )
    place = " (beside the plan)" if question.refine else ""
    return f"  {question.id}{place}: {answers}"


def _rule(rule):
    consent = ", also without consent" if rule.without_consent else ""
    return f"  {rule.urgency:10} {rule.need}: {rule.id}{_when(rule.when)}{consent}  [{_review(rule.review)}]"


def _when(condition):
    parts = []
    if condition.all:
        parts.append(" and ".join(condition.all))
    if condition.any:
        parts.append(f"one of ({', '.join(condition.any)})")
    if condition.none:
        parts.append(f"not ({', '.join(condition.none)})")
    return f" if {'; '.join(parts)}" if parts else ""


def _review(review):
    by = review.signed_off_by or "sample"
    return f"{review.source.id}, {review.reviewed_on} to {review.expires_on}, {by}"

"""Whether the cases fit the pathway and the practice city that they are walked on."""

from learning.practice.cases import CaseError


def check(case, course, notice_codes):
    """Raise `CaseError` for a door, a notice or an answer that is not there."""
    _check_plan(case, course, notice_codes)
    for question in course.pathway.questions:
        for field in question.fields:
            if field.fact in case.facts:
                _check_fact(case, field)


def unasked(case, course):
    """Facts of the case that the guide does not ask for on the way: nobody could say them."""
    asked = {q.id for q in course.walk(course.answers_of(case.facts)).asked}
    return [
        fact
        for question in course.pathway.questions
        for fact in sorted(question.facts & set(case.facts))
        if question.id not in asked
    ]


def _check_plan(case, course, notice_codes):
    doors = {listing.slug for listing in course.listings}
    for step in case.plan:
        if step.door not in doors:
            hint = "Use the key of a service of fixtures/practice/city.toml."
            raise CaseError(case.code, f"names the unknown door “{step.door}”", hint)
    for code in case.notices:
        if code not in notice_codes:
            hint = "Use a code of referrals/pathways/notices.toml."
            raise CaseError(case.code, f"names the unknown notice “{code}”", hint)


def _check_fact(case, field):
    known = [option.value for option in field.options]
    given = case.facts[field.fact]
    for value in given if field.several else [given]:
        if value not in known:
            hint = f"The guide offers: {', '.join(map(str, known))}."
            raise CaseError(
                case.code, f"has “{field.fact}” = “{value}”, which nobody can answer", hint
            )

"""Which practice cases now end elsewhere: the plan of the engine against the reviewed one."""

from dataclasses import dataclass

from learning.practice.cases import Expected


@dataclass(frozen=True)
class Ending:
    """Where a case ends: its steps as `Expected` rows, and the codes of its notices."""

    plan: tuple[Expected, ...]
    notices: tuple[str, ...]

    def lines(self):
        """One line for each step and notice, to compare and to read."""
        steps = [f"{step.urgency:<10}  {step.need:<20}  {step.door}" for step in self.plan]
        return [*steps, *(f"notice      {code}" for code in self.notices)]

    def as_toml(self):
        """The two entries of the case file that say this."""
        steps = "".join(
            f'  {{ need = "{step.need}", urgency = "{step.urgency}", door = "{step.door}" }},\n'
            for step in self.plan
        )
        notices = "".join(f'  "{code}",\n' for code in self.notices)
        return f"plan = [\n{steps}]\nnotices = [\n{notices}]"


def reviewed_ending(case):
    """Where the case must end."""
    return Ending(case.plan, case.notices)


def ending_of(plan):
    """Where a `Plan` of the engine ends."""
    steps = tuple(
        Expected(step.need, step.urgency, step.options[0].listing.slug) for step in plan.steps
    )
    return Ending(steps, tuple(dict.fromkeys(notice.code for notice in plan.notices)))


def ending(case, course):
    """Where the engine leads with the answers that say the facts of the case."""
    return ending_of(course.walk(course.answers_of(case.facts)).plan)

"""System check: a bad case file, or a bad practice city, stops the start and says what to do."""

from django.core.checks import Error, register

from learning.practice import cases, city, fitting
from referrals.pathway.loading import PathwayError
from services.fixture_shapes import FixtureError


@register()
def practice_cases(app_configs, **kwargs):
    """Read every case and hold it against the guide, without a database.

    Whether a case still ends where it should is asked by `manage.py practice_cases` and a test:
    a changed rule must not stop the start.
    """
    try:
        found = cases.read()
        codes = {notice.code for notice in city.pathway().notices}
        for case in found:
            fitting.check(case, city.course(case), codes)
    except cases.CaseError as error:
        return [_error(f"fixtures/practice/cases.toml: {error}", error.hint)]
    except FixtureError as error:
        return [_error(f"The practice city: {error}", "Mend fixtures/practice/city.toml.")]
    except PathwayError:
        # Said by the check of the pathway itself.
        return []
    return []


def _error(message, hint):
    return Error(message, hint=hint, id="learning.E001")

"""System checks: bad pathway data stops the start, with the file and the rule named."""

from django.core.checks import Error, register

from referrals.pathway import loading


@register()
def pathway_data(app_configs, **kwargs):
    """Load the pathway of every city and country that has data, without a database."""
    errors = []
    for city, country in _pathways():
        try:
            loading.load(city, country)
        except loading.PathwayError as error:
            errors.append(
                Error(
                    f"Pathway data: {error}",
                    hint=f"Mend referrals/pathways/…/{error.file}, entry “{error.entry}”.",
                    id="referrals.E001",
                )
            )
    return list({str(error): error for error in errors}.values())


def every_pathway():
    """The pathway of no country, of each country, and of each city that has data."""
    return [loading.load("", ""), *(loading.load(*pair) for pair in _pathways())]


def _pathways():
    """(city, country) pairs that reach every file at least once."""
    countries = sorted(path.stem.upper() for path in (loading.FOLDER / "countries").glob("*.toml"))
    pairs = [("", country) for country in countries] or [("", "")]
    return [*pairs, *((city, "") for city in loading.cities_with_data())]

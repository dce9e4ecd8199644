"""The number that brings help at once in a country where the directory knows none yet."""

#: Directive (EU) 2018/1972, Article 109: in every Member State 112 is answered, free of charge.
SOURCE = {
    "publisher": "European Union, Directive (EU) 2018/1972, Article 109",
    "url": "https://eur-lex.europa.eu/eli/dir/2018/1972/oj",
    "date": "2018-12-11",
}
EUROPEAN_UNION = frozenset(
    [
        "AT",
        "BE",
        "BG",
        "CY",
        "CZ",
        "DE",
        "DK",
        "EE",
        "ES",
        "FI",
        "FR",
        "GR",
        "HR",
        "HU",
        "IE",
        "IT",
        "LT",
        "LU",
        "LV",
        "MT",
        "NL",
        "PL",
        "PT",
        "RO",
        "SE",
        "SI",
        "SK",
    ]
)
#: The other states of the European Economic Area.
ECONOMIC_AREA = frozenset({"IS", "LI", "NO"})
NUMBER = "112"


def known_number(code):
    """112 where European law says that it is answered, else nothing: then somebody must say."""
    return NUMBER if code in EUROPEAN_UNION | ECONOMIC_AREA else ""

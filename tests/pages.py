"""The pages of the site, in one place: every promise about "every page" is tested on these."""

CITY = "brussels"
SERVICE = "cpvs-saint-pierre"
GUIDE = f"/{CITY}/guide/"
PLAN = f"{GUIDE}plan/"

#: Pages that can be read before the guide is started: they set no cookie.
READING = {
    "home": "/",
    "city": f"/{CITY}/",
    "services": f"/{CITY}/services/",
    "services-filtered": f"/{CITY}/services/?need=shelter&group=women-girls&open_now=true",
    "services-searched": f"/{CITY}/services/?search=refuge",
    "services-nothing-found": f"/{CITY}/services/?search=zzzzqqqq",
    "service": f"/{CITY}/services/{SERVICE}/",
    "sheet": f"/{CITY}/sheet/",
    "offline": f"/{CITY}/offline/",
    "no-line": f"/{CITY}/offline/no-line/",
    "privacy": "/about/privacy/",
    "api": "/api/",
    "api-profile": "/api/profile/",
}

#: Pages of the guide that open without an answer given before; the others are walked to.
GUIDED = {
    "question": f"{GUIDE}danger/",
    "plan": PLAN,
}

#: What is said when something went wrong, with its status.
REFUSED = {
    "unknown-page": ("/no-such-city/services/", 404),
    "unknown-service": (f"/{CITY}/services/no-such-service/", 404),
    "wrong-filter": (f"/{CITY}/services/?need=no-such-need", 400),
}

PAGES = READING | GUIDED
EVERY_PAGE = PAGES | {name: address for name, (address, _status) in REFUSED.items()}

#: Words that no title, and so no history, tab or window list, may hold.
TELLING_WORDS = (
    "violence",
    "violent",
    "abuse",
    "rape",
    "assault",
    "sexual",
    "survivor",
    "victim",
    "trafficking",
    "shelter",
    "refuge",
    "sgbv",
    "gbv",
)

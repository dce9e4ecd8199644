"""The pages of the site, in one place: every promise about "every page" is tested on these."""

CITY = "brussels"
SERVICE = "cpvs-saint-pierre"
CASE = "the-cough"
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
    "still-right": f"/{CITY}/still-right/",
    "offline": f"/{CITY}/offline/",
    "no-line": f"/{CITY}/offline/no-line/",
    "privacy": "/about/privacy/",
    "learn": "/learn/",
    "toolbox": "/learn/women-girls/",
    "toolbox-for-all": "/learn/everybody/",
    "practice": "/learn/practice/",
    "practice-case": f"/learn/practice/{CASE}/",
    "practice-print": f"/learn/practice/{CASE}/print/",
    "api": "/api/",
    "api-profile": "/api/profile/",
}

#: Pages of the guide that open without an answer given before; the others are walked to.
GUIDED = {
    "question": f"{GUIDE}danger/",
    "plan": PLAN,
    "card": f"{GUIDE}card/",
    "practice-question": f"/learn/practice/{CASE}/guide/danger/",
    "practice-plan": f"/learn/practice/{CASE}/guide/plan/",
}

#: What is said when something went wrong, with its status.
REFUSED = {
    "unknown-page": ("/no-such-city/services/", 404),
    "unknown-service": (f"/{CITY}/services/no-such-service/", 404),
    "unknown-toolbox": ("/learn/no-such-group/", 404),
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

"""A city kept on a device: opened without a line, gone after its days, forgotten at once."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e import elsewhere
from tests.e2e.guide import CHOICE, CONTINUE, leave_page_by, tab_to
from tests.e2e.signing_in import sign_in
from tests.e2e.test_pages import barriers, overflow
from tests.pages import CITY, GUIDE, PLAN, SERVICE

OFFLINE = f"/{CITY}/offline/"
SHEET = f"/{CITY}/sheet/"
SERVICES = f"/{CITY}/services/"
LISTING = f"{SERVICES}{SERVICE}/"
DAY = 24 * 60 * 60 * 1000

#: What a device holds of this site: caches with their addresses, workers, and everything else a page can store.
LEFT = """async () => {
    const caches_ = {};
    for (const name of await caches.keys()) {
        const keys = await (await caches.open(name)).keys();
        caches_[name] = keys.map((request) => new URL(request.url).pathname + new URL(request.url).search);
    }
    return {
        caches: caches_,
        workers: (await navigator.serviceWorker.getRegistrations()).map((one) => one.active?.scriptURL),
        databases: (await indexedDB.databases()).map((one) => one.name),
        stored: [...Object.keys(localStorage), ...Object.keys(sessionStorage)],
    };
}"""
NOTHING = {"caches": {}, "workers": [], "databases": [], "stored": []}

#: As if this had been kept so many milliseconds earlier: by this device's clock, and by the server's.
EARLIER = """async ([by, served]) => {
    const [name] = await caches.keys();
    const [mark, city, from, until] = name.split(":");
    const old = await caches.open(name);
    const aged = await caches.open([mark, city, from - by, until - by].join(":"));
    for (const request of await old.keys()) {
        let answer = await old.match(request);
        if (request.url.endsWith("/offline.json")) {
            const facts = await answer.json();
            answer = new Response(JSON.stringify({
                ...facts, clock: facts.clock - by, served: facts.served - served,
            }));
        }
        await aged.put(request, answer);
    }
    if (by) await caches.delete(name);
}"""


def left(visit):
    return visit.page.evaluate(LEFT)


def assert_nothing_is_left(visit):
    """At once, or as soon as what deletes it beside the page is done."""
    for _look in range(30):
        if left(visit) == NOTHING:
            return
        visit.page.wait_for_timeout(100)
    assert left(visit) == NOTHING


def few_listings(route):
    """The server's list without all listings but one: fetching a hundred takes its time."""
    answer = route.fetch()
    stock = answer.json()
    listings = re.compile(r"/services/[^?]")
    stock["pages"] = [a for a in stock["pages"] if a == LISTING or not listings.search(a)]
    route.fulfill(response=answer, json=stock)


def keep(visit, address=OFFLINE, *, every_listing=False):
    if not every_listing:
        visit.context.route("**/offline/list/", few_listings)
    visit.open(address)
    visit.page.locator("[data-keep]").click()
    visit.page.locator("[data-says=kept]:visible").wait_for(timeout=60_000)
    return visit


def cut(visit):
    visit.context.set_offline(True)


def mend(visit):
    visit.context.set_offline(False)


def heading(visit):
    return visit.page.locator("h1").inner_text()


@pytest.fixture
def keeper(visit):
    """A visitor who has kept the city."""
    return keep(visit)


def test_nothing_is_stored_before_the_button_is_pressed(visit):
    visit.open(f"/{CITY}/")
    visit.page.get_by_role("link", name="Keep this city on this device").click()
    visit.page.wait_for_url(f"**{OFFLINE}")
    expect(visit.page.get_by_text("Nothing of Brussels is kept")).to_be_visible()
    assert left(visit) == NOTHING


def test_sheet_list_and_every_listing_open_with_the_line_cut(visit):
    keeper = keep(visit, every_listing=True)
    cut(keeper)
    for address, words in (
        (SHEET, "first doors"),
        (SERVICES, "services"),
        (f"{SERVICES}?page=2", "services"),
        (LISTING, ""),
        (f"/{CITY}/", "Brussels"),
        ("/", "city"),
    ):
        assert keeper.open(address).status == 200
        assert words in heading(keeper)
        bar = keeper.page.locator(".kept-line")
        expect(bar).to_contain_text(
            re.compile(r"Kept on this device on .+ \(today\), with .+; goes on ")
        )
        # It is styled, by what was kept as well.
        assert keeper.page.locator(".top").evaluate("e => getComputedStyle(e).position") == "sticky"
    listings = set()
    for number in range(1, 6):
        keeper.open(f"{SERVICES}?page={number}")
        links = keeper.page.locator(".result-card h2 a").evaluate_all(
            "all => all.map((a) => a.pathname)"
        )
        listings.update(links)
    assert len(listings) > 80
    assert listings < set(kept_addresses(keeper))


def test_what_is_true_for_a_moment_is_not_shown_as_if_it_were_now(keeper):
    keeper.open(SERVICES)
    assert keeper.page.locator(".open-state:visible").count() > 0
    assert keeper.page.locator(".kept-line").count() == 0
    cut(keeper)
    keeper.open(SERVICES)
    assert keeper.page.locator(".result-card").count() > 0
    assert keeper.page.locator(".open-state:visible").count() == 0
    assert keeper.page.get_by_role("searchbox").count() == 0
    assert keeper.page.locator("input:visible, select:visible").count() == 0
    expect(keeper.page.locator(".kept-line")).to_contain_text("Call to hear what is open")


def test_without_a_line_a_plan_says_what_it_needs_the_line_for(keeper):
    cut(keeper)
    page = keeper.page
    for address in (PLAN, GUIDE, f"{SERVICES}?search=refuge", "/about/privacy/", "/rome/sheet/"):
        assert keeper.open(address).status == 503
        assert heading(keeper) == "This page needs the line"
        assert "reads your answers to see which doors" in page.locator("main").inner_text()
        assert page.locator("a[href='tel:112']").first.is_visible()
        leave_page_by(page, page.get_by_role("link", name="The sheet: first doors").click)
        assert heading(keeper) == "Brussels: first doors"


def test_it_can_be_tried_again_where_it_broke_off(keeper):
    cut(keeper)
    keeper.open(f"{GUIDE}danger/")
    assert heading(keeper) == "This page needs the line"
    mend(keeper)
    leave_page_by(keeper.page, keeper.page.get_by_role("link", name="Try again").click)
    assert keeper.path == f"{GUIDE}danger/"
    assert keeper.page.locator(CHOICE).count() > 0
    assert keeper.page.locator(".kept-line").count() == 0


def test_an_answer_given_without_a_line_is_kept_nowhere(keeper):
    keeper.open(f"{GUIDE}danger/")
    before = left(keeper)
    cut(keeper)
    keeper.page.locator(CHOICE).first.click()
    leave_page_by(keeper.page, keeper.page.locator(CONTINUE).click)
    assert heading(keeper) == "This page needs the line"
    mend(keeper)
    keeper.open("/")
    assert left(keeper) == before


def test_the_guide_goes_on_as_ever_with_a_line_and_none_of_it_is_kept(keeper):
    before = left(keeper)
    keeper.open(GUIDE)
    keeper.page.locator(CHOICE).first.click()
    leave_page_by(keeper.page, keeper.page.locator(CONTINUE).click)
    keeper.open(PLAN)
    assert keeper.page.locator(".rail .stop").count() > 0
    assert left(keeper) == before
    assert not [a for a in kept_addresses(keeper) if "/guide/" in a]
    assert keeper.complaints == []


def test_a_line_that_is_silent_is_no_line(keeper):
    """The server is there and never answers."""
    keeper.context.route("**/sheet/", lambda route: None)
    keeper.open(SHEET)
    assert "first doors" in heading(keeper)
    assert keeper.page.locator(".kept-line").is_visible()


def kept_addresses(visit):
    (addresses,) = left(visit)["caches"].values()
    return addresses


def test_with_a_line_the_page_is_the_servers(keeper):
    for address in (SHEET, LISTING, OFFLINE):
        keeper.open(address)
        assert keeper.page.locator(".kept-line").count() == 0


@pytest.mark.parametrize("has_line", [True, False], ids=["with a line", "without"])
@pytest.mark.parametrize(
    ("by", "served"),
    [(7 * DAY, 7 * DAY), (-DAY, 0)],
    ids=["after seven days", "after the clock was turned back"],
)
def test_after_its_days_nothing_is_left(keeper, by, served, has_line):
    keeper.open(OFFLINE)
    keeper.page.evaluate(EARLIER, [by, served])
    if has_line:
        keeper.open(SHEET)
    else:
        cut(keeper)
        with pytest.raises(Exception, match="ERR_"):
            keeper.open(SHEET)
        mend(keeper)
        keeper.open("/")
    assert_nothing_is_left(keeper)


def test_the_servers_clock_ends_it_where_the_devices_stood_still(keeper):
    keeper.open(OFFLINE)
    keeper.page.evaluate(EARLIER, [0, 8 * DAY])
    keeper.open(SHEET)
    assert_nothing_is_left(keeper)


def test_a_clock_turned_back_by_less_than_it_ran_ends_it_too(keeper):
    keeper.open(OFFLINE)
    keeper.page.evaluate(EARLIER, [3 * DAY, 3 * DAY])
    keeper.page.evaluate(
        """async () => {
            const cache = await caches.open((await caches.keys())[0]);
            await cache.put("/offline-seen.json", new Response(String(Date.now() + 86400000)));
        }"""
    )
    keeper.open(SHEET)
    assert_nothing_is_left(keeper)


def test_on_its_sixth_day_it_is_there_and_says_its_age(keeper):
    keeper.open(OFFLINE)
    keeper.page.evaluate(EARLIER, [6 * DAY, 6 * DAY])
    cut(keeper)
    keeper.open(SHEET)
    expect(keeper.page.locator(".kept-line")).to_contain_text("(6 days ago)")
    keeper.open(OFFLINE)
    expect(keeper.page.locator("[data-some]")).to_contain_text("(6 days ago)")


def test_any_page_deletes_what_is_over_where_the_worker_is_gone(keeper):
    keeper.page.evaluate(EARLIER, [8 * DAY, 8 * DAY])
    keeper.page.evaluate(
        "navigator.serviceWorker.getRegistrations().then((all) => Promise.all(all.map((one) => one.unregister())))"
    )
    keeper.open("/about/privacy/")
    assert_nothing_is_left(keeper)


@pytest.mark.parametrize("has_line", [True, False], ids=["with a line", "without"])
def test_forget_leaves_nothing(keeper, has_line):
    if not has_line:
        cut(keeper)
        keeper.open(OFFLINE)
    keeper.page.get_by_role("button", name="Forget it now").click()
    expect(keeper.page.get_by_text("nothing of it is left")).to_be_visible()
    assert left(keeper) == NOTHING
    cut(keeper)
    with pytest.raises(Exception, match="ERR_INTERNET_DISCONNECTED"):
        keeper.open(SHEET)


def test_leaving_leaves_nothing(keeper):
    keeper.open(LISTING)
    keeper.page.locator("a.leave").click()
    keeper.page.wait_for_url(elsewhere.ADDRESS)
    assert keeper.context.cookies() == []
    keeper.open("/")
    assert_nothing_is_left(keeper)


def test_leaving_without_a_line_leaves_nothing_and_this_site(keeper):
    cut(keeper)
    keeper.open(LISTING)
    # What the browser says then of the address is about the other site.
    with keeper.page.expect_event("framenavigated", lambda frame: "chrome-error" in frame.url):
        keeper.page.locator("a.leave").click()
    expect(keeper.page).to_have_title(elsewhere.HOST)
    mend(keeper)
    keeper.open("/")
    assert_nothing_is_left(keeper)


def test_another_citys_copy_stays_when_one_is_forgotten(keeper):
    keep(keeper, "/rome/offline/")
    assert [name.split(":")[1] for name in left(keeper)["caches"]] == [CITY, "rome"]
    keeper.open(OFFLINE)
    keeper.page.get_by_role("button", name="Forget it now").click()
    expect(keeper.page.get_by_text("nothing of it is left")).to_be_visible()
    cut(keeper)
    keeper.open("/rome/sheet/")
    assert "first doors" in heading(keeper)
    keeper.open(SHEET)
    assert heading(keeper) == "This page needs the line"


def test_what_a_vetted_worker_keeps_is_what_everybody_may_read(
    open_browser, session_of, site_shell
):
    note = "quokka4 for vetted workers"
    site_shell(
        "from services.models import Service\n"
        f"s = Service.objects.get(slug={SERVICE!r}); s.professional_note = {note!r}; s.save(); print(1)"
    )
    visit = open_browser()
    sign_in(visit, session_of("worker", CITY))
    visit.open(LISTING)
    assert note in visit.page.content()
    keep(visit, every_listing=True)
    found = visit.page.evaluate(
        """async () => {
            const [name] = await caches.keys();
            const cache = await caches.open(name);
            let all = "";
            for (const request of await cache.keys()) {
                if (request.url.includes("/static/")) continue;
                const answer = await cache.match(request);
                all += JSON.stringify([...answer.headers]) + (await answer.text());
            }
            return all;
        }"""
    )
    assert "Brussels: first doors" in found
    for telling in ("quokka4", "Sign out", "vetted-line", "set-cookie", "my-referrals"):
        assert telling not in found
    cut(visit)
    visit.open(LISTING)
    assert note not in visit.page.content()


def test_it_is_kept_and_forgotten_by_keyboard(visit):
    visit.context.route("**/offline/list/", few_listings)
    visit.open(OFFLINE)
    tab_to(visit.page, "[data-keep]")
    visit.page.keyboard.press("Enter")
    expect(visit.page.get_by_text("open without a line")).to_be_visible(timeout=60_000)
    assert visit.page.evaluate("document.activeElement.matches('[data-keep]')")
    visit.page.keyboard.press("Tab")
    visit.page.keyboard.press("Space")
    expect(visit.page.get_by_text("nothing of it is left")).to_be_visible()
    assert left(visit) == NOTHING


def test_it_is_kept_in_the_language_of_the_page(visit):
    keep(visit, f"/language/fr/?next={OFFLINE}")
    visit.context.clear_cookies()
    cut(visit)
    visit.open(SHEET)
    assert visit.page.locator("html").get_attribute("lang") == "fr"


def test_a_change_of_the_city_offers_to_keep_it_anew(keeper, site_shell):
    changed = keeper.page.get_by_text("Services have changed since")
    expect(changed).not_to_be_visible()
    site_shell(
        "from services.models import Service\n"
        f"s = Service.objects.get(slug={SERVICE!r}); s.email = 'new@desk.example'; s.save(); print(1)"
    )
    keeper.open(OFFLINE)
    expect(changed).to_be_visible()
    keeper.page.get_by_role("button", name="Keep it anew").click()
    expect(keeper.page.get_by_text("open without a line")).to_be_visible(timeout=60_000)
    assert len(left(keeper)["caches"]) == 1
    cut(keeper)
    keeper.open(LISTING)
    assert "new@desk.example" in keeper.page.content()


def test_a_line_that_breaks_on_the_way_keeps_nothing(visit):
    visit.open(OFFLINE)
    visit.context.route("**/services/be-112/", lambda route: route.abort())
    visit.page.get_by_role("button", name="Keep this city here").click()
    expect(visit.page.get_by_text("It did not work")).to_be_visible(timeout=60_000)
    assert left(visit) == NOTHING


def test_without_scripts_the_page_says_so_and_points_to_the_sheet(open_browser):
    visit = open_browser(java_script_enabled=False)
    visit.open(OFFLINE)
    assert visit.page.get_by_text("This browser keeps nothing").is_visible()
    assert visit.page.get_by_role("link", name="Print the sheet instead").is_visible()
    assert visit.page.locator("main button:visible").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_without_a_line_no_page_has_a_barrier(open_browser, scheme):
    visit = keep(open_browser(viewport={"width": 320, "height": 740}, color_scheme=scheme))
    cut(visit)
    for address in (SHEET, LISTING, PLAN, OFFLINE):
        visit.open(address)
        assert (address, barriers(visit.page)) == (address, [])
        assert (address, max(0, overflow(visit.page))) == (address, 0)
    assert visit.foreign == []

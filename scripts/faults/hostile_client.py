"""A hostile client does not starve the guide: through nginx with `deploy/nginx.conf`, and what helps without.

Somebody walks the guide in quiet, then while a hostile client of another address does its worst:
headers and forms that never end, a thousand silent connections, as many requests as it can, junk.
Through nginx (Debian: `apt install nginx-light`) every step must be answered, and not much later than
in quiet. Without a proxy what happens is said, and only that the site is well again afterwards is asked.
"""

import random
import re
import shutil
import subprocess
import time
from pathlib import Path

from scripts.faults import attacks
from scripts.faults.asking import Browser, Tally, percentile
from scripts.faults.site import ROOT, Site, answers, free_port, until
from scripts.faults.verdict import main, seconds

CITY = "brussels"
#: Of the guide's 95th percentile under attack to that in quiet; the attacker's own work, on the same
#: machine as the site's, is among it.
SLOWER_AT_MOST, ALWAYS_FINE = 6, 1.0
WELL_AGAIN_WITHIN = 60
STEP_WITHIN = 30
NEIGHBOUR = "127.0.0.3"
MAIN = """
worker_processes 2;
worker_rlimit_nofile 16384;
pid {folder}/nginx.pid;
daemon off;
events {{ worker_connections 8192; }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {ours}
}}
"""


def settings(folder, port, site):
    """`deploy/nginx.conf` for this machine: as it is, but without encryption, names and the way from http."""
    limits, *_others, pages = re.split(r"(?m)^server \{", (ROOT / "deploy/nginx.conf").read_text())
    text = re.sub(
        r"(?m)^ *(ssl_.*|listen \[::\].*|server_name .*)\n", "", f"{limits}server {{{pages}"
    )
    for ours, here in (
        ("listen 443 ssl http2;", f"listen 127.0.0.1:{port} backlog=2048;"),
        ("server 127.0.0.1:8000", f"server 127.0.0.1:{site}"),
        ("/var/log/nginx", str(folder)),
    ):
        if text.count(ours) == 0:
            raise ValueError(
                f"deploy/nginx.conf no longer says “{ours}”: this program looks for that."
            )
        text = text.replace(ours, here)
    return MAIN.format(folder=folder, ours=text)


class Proxy:
    """nginx before the site, until the end of a `with`."""

    def __init__(self, folder, site):
        self.folder, self.port, self._site = Path(folder), free_port(), site

    def __enter__(self):
        conf = self.folder / "nginx.conf"
        conf.write_text(settings(self.folder, self.port, self._site.port))
        program = shutil.which("nginx") or "/usr/sbin/nginx"
        self._process = subprocess.Popen(
            [program, "-p", self.folder, "-c", conf, "-e", self.folder / "nginx.log"]
        )
        try:
            until(lambda: answers(self.port), 20, "nginx to answer")
        except TimeoutError:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_error):
        self._process.terminate()
        self._process.wait(20)


def show(verdict, folder, options):
    each = seconds(options, short=8, usual=20)
    with Site(folder) as site:
        if shutil.which("nginx") or Path("/usr/sbin/nginx").exists():
            with Proxy(folder, site) as proxy:
                _through_proxy(verdict, proxy.port, each)
        else:
            verdict.saw(
                "nginx is not here (apt install nginx-light): nothing is shown through a proxy"
            )
        _directly(verdict, site, each)
        log = site.logged()
        verdict.expect(
            "Traceback" not in log, f"the log holds {log.count(chr(10))} lines, no traceback"
        )
        verdict.expect(_is_silent(log), "what was sent stands in none of them")


def _is_silent(log):
    return "xxxx" not in log and attacks.SOURCE not in log


def _through_proxy(verdict, port, each):
    _walk_for(port, 2)
    quiet = _walk_for(port, each)
    usual = percentile(quiet.all_seconds(), 0.95)
    verdict.saw(f"in quiet, through nginx: {_in_words(quiet)}")
    most = max(ALWAYS_FINE, SLOWER_AT_MOST * usual)
    for name, attack in attacks.ATTACKS.items():
        with attacks.running(attack, port, each + 1) as reached:
            time.sleep(1)
            tally = _walk_for(port, each)
        p95 = percentile(tally.all_seconds(), 0.95)
        well = set(tally.statuses) <= {200, 302, 303} and tally.count and not tally.broken
        verdict.expect(
            well and p95 <= most,
            f"through nginx, {name} ({reached[0]}): {_in_words(tally)},"
            f" {p95 / usual:.1f} × quiet {tally.bad or ''}".rstrip(),
        )


def _directly(verdict, site, each):
    quiet = _walk_for(site.port, each)
    verdict.saw(f"in quiet, without a proxy: {_in_words(quiet)}")
    for name, attack in attacks.ATTACKS.items():
        with attacks.running(attack, site.port, each + 1) as reached:
            time.sleep(1)
            tally = _walk_for(site.port, each)
        verdict.saw(f"without a proxy, {name} ({reached[0]}): {_in_words(tally)}")
        took = until(site.answers, WELL_AGAIN_WITHIN, f"the site to be well again after {name}")
        verdict.expect(took <= WELL_AGAIN_WITHIN, f"well again {took:.1f} s after {name}")


def _walk_for(port, seconds):
    """Walk the guide again and again for some seconds."""
    tally, pick = Tally(), random.Random(11)
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        browser = Browser(port, source=NEIGHBOUR, timeout=STEP_WITHIN)
        try:
            browser.walk_guide(
                CITY, pick, lambda answer: (tally.note("guide", answer), time.sleep(0.1))
            )
        except OSError as error:
            tally.failed("guide", error)
    return tally


def _in_words(tally):
    if not tally.count:
        return f"no answer; {tally.in_words()}"
    p95 = percentile(tally.all_seconds(), 0.95)
    return f"{tally.in_words()}; p95 {1000 * p95:.0f} ms"


if __name__ == "__main__":
    raise SystemExit(main("hostile-client", show))

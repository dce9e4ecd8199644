"""A hostile client does not starve the guide: through a proxy as it should be set, and what helps without.

Somebody walks the guide in quiet, then while a hostile client of another address does its worst:
headers and forms that never end, a thousand silent connections, as many requests as it can, junk.
Through nginx (Debian: `apt install nginx-light`) every step must be answered, and not much later than
in quiet. Without a proxy what happens is said, and only that the site is well again afterwards is asked.
"""

import random
import shutil
import subprocess
import time
from pathlib import Path

from scripts.faults import attacks
from scripts.faults.asking import Browser, Tally, percentile
from scripts.faults.site import Site, answers, free_port, until
from scripts.faults.verdict import main, seconds

CITY = "brussels"
#: Of the guide's 95th percentile under attack to that in quiet; the attacker's own work, on the same
#: machine as the site's, is among it.
SLOWER_AT_MOST, ALWAYS_FINE = 6, 1.0
WELL_AGAIN_WITHIN = 60
STEP_WITHIN = 30
NEIGHBOUR = "127.0.0.3"
#: As `deploy/` has it, without the lines about certificates and names.
NGINX = """
worker_processes 2;
worker_rlimit_nofile 16384;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log crit;
daemon off;
events {{ worker_connections 8192; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    client_header_timeout 10s;
    client_body_timeout 10s;
    send_timeout 10s;
    keepalive_timeout 15s;
    reset_timedout_connection on;
    client_max_body_size 6m;
    large_client_header_buffers 4 16k;
    limit_conn_zone $binary_remote_addr zone=connections:10m;
    limit_conn connections 4;
    limit_conn_status 429;
    limit_req_zone $binary_remote_addr zone=requests:10m rate=20r/s;
    limit_req zone=requests burst=40 delay=10;
    limit_req_status 429;
    server {{
        listen 127.0.0.1:{port} backlog=2048;
        proxy_set_header Host $http_host;
        proxy_set_header X-Forwarded-For $remote_addr;
        proxy_set_header X-Forwarded-Proto https;
        proxy_connect_timeout 5s;
        proxy_read_timeout 60s;
        location / {{ proxy_pass http://127.0.0.1:{site}; }}
        location /static/ {{
            limit_conn connections 20;
            proxy_pass http://127.0.0.1:{site};
        }}
    }}
}}
"""


class Proxy:
    """nginx before the site, until the end of a `with`."""

    def __init__(self, folder, site):
        self.folder, self.port, self._site = Path(folder), free_port(), site

    def __enter__(self):
        conf = self.folder / "nginx.conf"
        conf.write_text(NGINX.format(folder=self.folder, port=self.port, site=self._site.port))
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

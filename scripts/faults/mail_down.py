"""A mail server that refuses, hangs or breaks off: pages answer in time, mails arrive once it is back.

A worker refers somebody, an editor asks an organisation for its answer, a city asks to join and the
network accepts, somebody is invited. The mail server, a small one of our own on this machine, is away,
then takes the connection and says nothing, then breaks off in the middle, then is well again.
"""

import contextlib
import re
import socket
import threading
import time

from scripts.faults.asking import SESSION_COOKIE, Browser
from scripts.faults.site import Site, free_port
from scripts.faults.verdict import main

CITY = "brussels"
DESK = "desk@lantern.example"
#: `EMAIL_TIMEOUT` is 10 seconds, for connecting and again for each answer of the server.
ANSWERS_WITHIN = 25
MOODS = ("away", "hanging", "breaking off")


class MailServer:
    """Speaks as much SMTP as a mail needs; `mood` says how it behaves. Keeps what it took."""

    def __init__(self):
        self.port, self.mood, self.mails = free_port(), "away", []
        self._listener, self._open = None, []

    def be(self, mood):
        self.mood = mood
        if mood == "away":
            self._close()
        elif self._listener is None:
            self._listener = socket.create_server(("127.0.0.1", self.port))
            threading.Thread(target=self._accept, args=[self._listener], daemon=True).start()

    def _close(self):
        listener, self._listener = self._listener, None
        if listener:
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()

    def end(self):
        self._close()
        for connection in self._open:
            connection.close()

    def _accept(self, listener):
        with contextlib.suppress(OSError):
            while True:
                connection, _address = listener.accept()
                self._open.append(connection)
                threading.Thread(target=self._talk, args=[connection], daemon=True).start()

    def _talk(self, connection):
        if self.mood == "hanging":
            return
        with contextlib.suppress(OSError), connection, connection.makefile("rwb") as line:
            _say(line, "220 mail.example")
            while order := line.readline().decode(errors="replace").strip().upper():
                if self._obey(line, order):
                    return

    def _obey(self, line, order):
        """Answer an order; whether that was the last."""
        if order == "DATA":
            return self._take(line)
        _say(line, "250 well" if order != "QUIT" else "221 bye")
        return order == "QUIT"

    def _take(self, line):
        _say(line, "354 go on")
        if self.mood == "breaking off":
            line.readline()
            return True
        text = []
        while (row := line.readline()) not in (b".\r\n", b""):
            text.append(row.decode(errors="replace"))
        self.mails.append("".join(text))
        _say(line, "250 taken")
        return False

    def sent_to(self, address):
        return [mail for mail in self.mails if f"To: {address}" in mail]


def _say(line, words):
    line.write(words.encode() + b"\r\n")
    line.flush()


class Office:
    """People who press buttons that send mails; `pressed` is how long each page took."""

    def __init__(self, site):
        self.site, self.pressed = site, []
        self.directory = site.inside("mail-desks", DESK)
        self.worker = self._person("worker", "fault-worker@example.org")
        self.editor = self._person("administrator", "fault-administrator@example.org")
        self.visitor = Browser(site.port, timeout=120)
        self._numbers = iter(range(1000))

    def _person(self, role, address):
        session = self.site.inside("sign-in", role, CITY, address)
        return Browser(self.site.port, timeout=120, cookies={SESSION_COOKIE: session})

    def press(self, what, browser, path, form, well=(200, 302, 303)):
        answer = browser.post(path, form)
        self.pressed.append((what, answer.seconds))
        return answer.status in well

    def refer(self, number):
        """A referral to a service that is written to by mail."""
        desk = self.directory["doors"][number]
        form = {"service": desk["id"], "need": desk["need"], "urgency": "24h", "contact": "none"}
        return self.press("referral", self.worker, f"/{CITY}/refer/", form | {"consent": "on"})

    def invite(self, number):
        form = {"email": f"invited-{number}@new.example", "role": "editor"}
        return self.press("invitation", self.editor, f"/office/{CITY}/people/", form)

    def reset(self):
        form = {"email": "fault-worker@example.org"}
        return self.press("new password", self.visitor, "/accounts/password/reset/", form)

    def report(self):
        path = f"/{CITY}/services/{self.directory['doors'][0]['slug']}/report/"
        return self.press("report", self.visitor, path, {"kind": "hours"})


def show(verdict, folder, options):
    server = MailServer()
    env = {"EMAIL_URL": f"smtp://127.0.0.1:{server.port}", "REPORTS_PER_HOUR": "0"}
    with contextlib.closing(_Ending(server)), Site(folder, env=env) as site:
        office = Office(site)
        for number, mood in enumerate(MOODS):
            server.be(mood)
            _press_all(verdict, office, number, mood)
        _come_back(verdict, server, site, office)


class _Ending:
    def __init__(self, server):
        self.close = server.end


def _press_all(verdict, office, number, mood):
    office.pressed.clear()
    done = [office.refer(number), office.invite(number), office.report(), office.reset()]
    slowest = max(office.pressed, key=lambda row: row[1])
    verdict.expect(
        all(done) and slowest[1] <= ANSWERS_WITHIN,
        f"mail server {mood}: {sum(done)} of {len(done)} pages answered well, the slowest"
        f" ({slowest[0]}) after {slowest[1]:.1f} s",
    )


def _come_back(verdict, server, site, office):
    waiting = _letters(site, "waiting")
    verdict.expect(waiting == len(MOODS), f"{waiting} of {len(MOODS)} mails of referrals are kept")
    server.be("breaking off")
    broken = site.manage("send_referrals")
    verdict.saw(f"send_referrals while the server breaks off ends with {broken.returncode}")
    server.be("well")
    _deliver(site)
    for _again in range(2):
        site.manage("send_referrals")
    got = [len(set(_links(mail))) for mail in server.sent_to(DESK)]
    verdict.expect(
        len(got) == len(MOODS) and _letters(site, "waiting") == 0,
        f"once it was back, {len(got)} mails arrived for {len(MOODS)} referrals, each once",
    )
    links = {link for mail in server.sent_to(DESK) for link in _links(mail)}
    verdict.expect(len(links) == len(MOODS), f"with {len(links)} different links")
    verdict.expect(office.refer(len(MOODS)), "a new referral is answered")
    verdict.expect(
        len(server.sent_to(DESK)) == len(MOODS) + 1, "and its mail is out before the page is"
    )


def _deliver(site):
    """Runs of `send_referrals` at the times at which failures are tried again."""
    site.query("UPDATE referrals_letter SET next_attempt_at = created_at WHERE state = 'waiting'")
    began = time.monotonic()
    ended = site.manage("send_referrals")
    return ended, time.monotonic() - began


def _letters(site, state):
    return site.query("SELECT COUNT(*) FROM referrals_letter WHERE state = ?", state)[0][0]


def _links(mail):
    return re.findall(r"https://\S+/handoff/\S+", mail.replace("=\n", ""))


if __name__ == "__main__":
    raise SystemExit(main("mail-down", show))

"""What a hostile client does to a server on this machine, for some seconds, in a process of its own."""

import contextlib
import multiprocessing
import select
import socket
import time

#: On Linux every address that begins with 127 is this machine.
SOURCE = "127.0.0.66"
HEAD = b"GET /brussels/services/ HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Forwarded-Proto: https\r\n"
POST = (
    b"POST /brussels/guide/told/ HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Forwarded-Proto: https\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 100000\r\n\r\n"
)
PIPELINED = 20


@contextlib.contextmanager
def running(attack, port, seconds):
    """Attack while the `with` lasts, at most so long; gives a list that then holds what was reached."""
    context = multiprocessing.get_context("fork")
    pipe, other = context.Pipe()
    process = context.Process(target=_attack, args=(attack, port, seconds, other), daemon=True)
    process.start()
    reached = []
    try:
        yield reached
    finally:
        reached.append(pipe.recv() if pipe.poll(seconds + 30) else "nothing was heard of it")
        process.join(10)
        if process.is_alive():
            process.kill()


def _attack(attack, port, seconds, pipe):
    with contextlib.ExitStack() as stack:
        pipe.send(attack(port, time.monotonic() + seconds, stack))


def slow_headers(port, ends, stack, count=300):
    """Each sends a header a letter a second and never ends it."""
    return _drip(_connected(port, count, stack, HEAD + b"X-Slow: "), ends, "with half a header")


def slow_bodies(port, ends, stack, count=300):
    """Each promises a form and sends a letter a second of it."""
    return _drip(_connected(port, count, stack, POST), ends, "with half a form")


def idle(port, ends, stack, count=1000):
    """Each says nothing."""
    held = _connected(port, count, stack, b"")
    time.sleep(max(0, ends - time.monotonic()))
    return f"{len(held)} silent connections"


def flood(port, ends, stack, count=8):
    """One address asks as fast as it can, many requests at once on each of some connections."""
    whole = (HEAD + b"\r\n") * PIPELINED
    lines = dict.fromkeys(_connected(port, count, stack, b""), whole)
    began, sent, heard = time.monotonic(), 0, 0
    while time.monotonic() < ends:
        readable, writable, _odd = select.select(lines, lines, [], 0.2)
        heard += sum(_heard(line, lines) for line in readable)
        for line in writable:
            if line in lines:
                sent += _sent(line, lines, whole)
        for line in _connected(port, count - len(lines), stack, b""):
            lines[line] = whole
    took = time.monotonic() - began
    return f"{PIPELINED * sent / len(whole) / took:.0f} requests a second sent, {heard / took:.0f} answered"


def _sent(line, lines, whole):
    """Send what is left of the requests on a line; how many bytes went."""
    with contextlib.suppress(OSError):
        went = line.send(lines[line])
        lines[line] = lines[line][went:] or whole
        return went
    return 0


def _heard(line, lines):
    """How many answers came on a line; one that was closed is left out from now on."""
    try:
        text = line.recv(1 << 20)
    except BlockingIOError:
        return 0
    except OSError:
        text = b""
    if not text:
        del lines[line]
        line.close()
    return text.count(b"HTTP/1.1 ")


def junk(port, ends, stack):
    """Headers, addresses and bodies that are far too large, and bytes that are no request."""
    kinds = [
        HEAD + b"X-Large: " + b"x" * 200_000 + b"\r\n\r\n",
        b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        POST.replace(b"100000", b"50000000") + b"x" * 5_000_000,
        HEAD + b"\r\n" + bytes(range(256)) * 100,
        HEAD + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\nZZZ\r\n",
        b"\x16\x03\x01" * 1000,
    ]
    sent = 0
    while time.monotonic() < ends:
        for text in kinds:
            with contextlib.suppress(OSError), _connection(port) as line:
                line.settimeout(2)
                line.sendall(text)
                line.recv(1000)
            sent += 1
    return f"{sent} requests that are none or far too large"


def _connection(port):
    return socket.create_connection(("127.0.0.1", port), timeout=3, source_address=(SOURCE, 0))


def _connected(port, count, stack, first):
    lines = []
    for _number in range(count):
        with contextlib.suppress(OSError):
            line = stack.enter_context(contextlib.closing(_connection(port)))
            line.sendall(first)
            line.setblocking(False)
            lines.append(line)
    return lines


def _drip(lines, ends, words):
    opened = len(lines)
    while time.monotonic() < ends and lines:
        lines = [line for line in lines if _still(line)]
        time.sleep(1)
    return f"{opened} connections {words}, {len(lines)} of them to the end"


def _still(line):
    try:
        line.send(b"a")
    except BlockingIOError:
        return True
    except OSError:
        return False
    return True


ATTACKS = {
    "slow headers": slow_headers,
    "slow bodies": slow_bodies,
    "1,000 silent connections": idle,
    "as fast as it can": flood,
    "junk": junk,
}

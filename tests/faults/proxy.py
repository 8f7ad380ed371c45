"""A proxy before a real server that fails before or after that has done what is asked, as a seed decides.

    with ChaosProxy(server.url, seed=7, rate=0.3, marked=rb"k-[0-9]+") as proxy:
        client = Prefect(proxy.api)

Only requests with a mark in their path or body go wrong. What goes wrong with one follows from the seed, its mark and
how often that was seen: so two runs go wrong alike, and two clients that send the same, too.
"""

from __future__ import annotations

import http.client
import re
import threading
import time
from collections import Counter, defaultdict
from random import Random
from urllib.parse import urlsplit

from tests.faults.server import FAULTS, Connection, Fault, FaultServer, Received

HOP = frozenset({"connection", "content-length", "date", "keep-alive", "server", "transfer-encoding"})


def busy(connection: Connection) -> bool:
    """Refused, and so not done."""
    connection.take()
    return connection.respond(b'{"detail":"slow down"}', "retry-after: 0", status="429 Too Many Requests")


def down(connection: Connection) -> bool:
    """Not done, although the response does not say so."""
    connection.take()
    return connection.respond(b'{"detail":"not now"}', status="503 Service Unavailable")


def bad_gateway(connection: Connection) -> bool:
    """Done, although the response does not say so."""
    return connection.read_and_respond(b"<html>Bad Gateway</html>", "content-type: text/html", status="502 Bad Gateway")


BEFORE: dict[str, Fault] = {
    "reset before": FAULTS["reset-before-read"],
    "closed before": FAULTS["close-before-read"],
    "429 before": busy,
    "503 before": down,
}
AFTER: dict[str, Fault] = {
    "reset after": FAULTS["reset-after-apply"],
    "closed after": FAULTS["close-after-apply"],
    "half the headers": FAULTS["half-headers"],
    "half the body": FAULTS["half-body"],
    "half the JSON": FAULTS["half-json"],
    "502 after": bad_gateway,
    "hangs after": FAULTS["hang"],
}
KINDS = BEFORE | AFTER
REFUSED = "429 before"


class ChaosProxy(FaultServer):
    """Passes requests on to a server, but for those that go wrong.

    Args:
        upstream: The root of the server's API.
        seed: Two proxies of one seed go wrong alike.
        rate: How many of the marked requests go wrong, from 0 to 1.
        marked: What a mark looks like.

    Attributes:
        api: The root of the API, through the proxy.
        injected: What went wrong with the requests of a mark, in order.
        done: How often the server did what the requests of a mark asked for, reading aside.
    """

    def __init__(self, upstream: str, *, seed: int, rate: float, marked: bytes) -> None:
        super().__init__()
        parts = urlsplit(upstream)
        self.api = self.url + parts.path
        self.injected: defaultdict[str, list[str]] = defaultdict(list)
        self.done: Counter[str] = Counter()
        self._upstream = parts.hostname or "", parts.port
        self._seed = seed
        self._rate = rate
        self._marked = re.compile(marked)
        self._seen: Counter[str] = Counter()
        self._mutex = threading.Lock()

    def fault_of(self, connection: Connection) -> Fault:
        mark = self._mark(connection.look())
        if not mark:
            return self.passed_on
        with self._mutex:
            self._seen[mark] += 1
            dice = Random(f"{self._seed} {mark} {self._seen[mark]}")
            if dice.random() >= self._rate:
                return self.passed_on
            kind = dice.choice(list(KINDS))
            self.injected[mark].append(kind)
        return KINDS[kind]

    def apply(self, connection: Connection, received: Received) -> None:
        headers = {name: value for name, value in received.headers.items() if name not in HOP}
        for _ in range(100):
            upstream = http.client.HTTPConnection(*self._upstream, timeout=60)
            upstream.request(received.method, received.path, received.body or None, headers)
            response = upstream.getresponse()
            connection.due = response, response.read()
            upstream.close()
            if response.status != 503:
                break
            # A write of the server's own was in the way, and it has undone what was asked.
            time.sleep(0.02)
        if received.method != "GET" and response.status in (200, 201, 204):
            self.done[self._mark(received)] += 1

    def passed_on(self, connection: Connection) -> bool:
        """The server's own response."""
        connection.read()
        response, body = connection.due
        headers = [f"{name}: {value}" for name, value in response.getheaders() if name.lower() not in HOP]
        return connection.respond(body, *headers, status=f"{response.status} {response.reason}")

    def _mark(self, received: Received) -> str:
        found = self._marked.search(received.path.encode() + b" " + received.body)
        return found[0].decode() if found else ""

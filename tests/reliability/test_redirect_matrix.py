"""Redirects of every status x to every kind of place x of every method, refused or asked for: nothing leaks."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from prefectkit.core.errors import RedirectError
from tests.faults import Connection, FaultServer
from tests.faults.server import Fault, Received
from tests.reliability.bench import SURFACES, client_of, run, with_options
from tests.report import Capture, say
from tests.surfaces import Awaited

STATUSES = (301, 302, 303, 307, 308)
KEY, HEADER, BODY, PASSWORD = SECRETS = (
    "pnu_canarycanary",
    "canary-of-a-header",
    "canary-of-a-body",
    "canary-of-a-url",
)

CALLS: dict[str, Callable[[Awaited], Any]] = {
    "GET": lambda client: client.request("GET", "/start"),
    "POST": lambda client: client.request("POST", "/start", body={"x": BODY}),
    "DELETE": lambda client: client.request("DELETE", "/start"),
}
WITHIN = ("same", "relative")
PLACES: dict[str, str] = {
    "same": "http://127.0.0.1:{own}/api/moved",
    "relative": "moved",
    "other port": "http://127.0.0.1:{other}/api/moved",
    "other name": "http://localhost:{other}/api/moved",
    "without a scheme": "//127.0.0.1:{other}/api/moved",
    "other scheme": "https://127.0.0.1:{other}/api/moved",
    "with a user": "http://user:" + PASSWORD + "@127.0.0.1:{own}/api/moved",
}


class Moved(FaultServer):
    """Responds to `/api/start` with a redirect, and all else with an empty object."""

    status = 0
    location = ""

    def fault_of(self, connection: Connection) -> Fault:
        if b"/csrf-token" in connection.head:
            return lambda connection: connection.read_and_respond(b"{}", status="404 Not Found")
        if b"/api/start" not in connection.head:
            return lambda connection: connection.read_and_respond(b"{}", "content-type: application/json")
        location = f"location: {self.location}"
        return lambda connection: connection.read_and_respond(b"", location, status=f"{self.status} Moved")


class Cell(NamedTuple):
    status: int
    place: str
    method: str
    asked_for: bool


def leaked(received: Received) -> str:
    """What of a request that was redirected should not have come along."""
    text = f"{received.path} {received.headers} {received.body!r}"
    return next((secret for secret in (HEADER, BODY, PASSWORD) if secret in text), "")


async def what_broke(client: Awaited, own: Moved, other: FaultServer, cell: Cell) -> list[str]:
    own.status = cell.status
    own.location = PLACES[cell.place].format(own=own.port, other=other.port)
    own.received.clear()
    follows = cell.asked_for and cell.method == "GET" and cell.place in WITHIN
    broken: list[str] = []
    try:
        response = await CALLS[cell.method](client)
        if not follows or response.status != 200:
            broken.append(f"answered with {response.status}")
    except RedirectError as error:
        text = "".join(traceback.format_exception(error)) + repr(error) + repr(error.location)
        broken += [f"{secret} is in the error" for secret in SECRETS if secret in text]
        if follows:
            broken.append("is not followed")
    redirected = [each for each in own.received if each.path.endswith("/moved")]
    if len(redirected) != follows:
        broken.append(f"{len(redirected)} requests followed")
    broken += [f"{secret} came along" for each in redirected if (secret := leaked(each))]
    if other.connections:
        broken.append("another server was connected to")
    return broken


@pytest.mark.parametrize("surface", SURFACES)
def test_nothing_leaks(surface: str, capsys: Capture) -> None:
    cells: dict[Cell, list[str]] = {}

    async def main(own: Moved, other: FaultServer) -> None:
        async with client_of(surface, f"{own.url}/api", api_key=KEY) as plain:
            default = with_options(plain, headers={"x-proxy-key": HEADER, "cookie": HEADER})
            following = with_options(default, follow_redirects=True)
            for status in STATUSES:
                for place in PLACES:
                    for method in CALLS:
                        for asked_for in (False, True):
                            cell = Cell(status, place, method, asked_for)
                            cells[cell] = await what_broke(following if asked_for else default, own, other, cell)

    with Moved() as own, FaultServer() as other:
        run(surface, main, own, other)
    leaks = {cell: broken for cell, broken in cells.items() if broken}
    say(capsys, f"T16 redirects, {surface}: survived {len(cells) - len(leaks)}/{len(cells)}")
    assert leaks == {}
    assert len(cells) == 210

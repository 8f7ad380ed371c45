"""A small API that counts what was applied, and its server, which fails on request."""

from __future__ import annotations

import json
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import unquote
from uuid import NAMESPACE_URL, uuid5

from tests.faults.server import FAULTS, Connection, Fault, FaultServer, Received

Response = tuple[int, Any]
Action = Callable[["Ledger", str, dict[str, Any]], Response]


class Route(NamedTuple):
    """What a request asks for, by its method and the beginning of its path; the rest of the path is a name."""

    method: str
    path: str
    act: Action


def stored(name: str, **fields: Any) -> dict[str, Any]:
    """An object as the server would show it. Its id follows from its name."""
    return {"id": str(uuid5(NAMESPACE_URL, name)), "name": name, **fields}


@dataclass
class Ledger:
    """Objects by name, and how often each was created, changed or deleted.

    Attributes:
        objects: The variables.
        keys: The names of the runs by their idempotency key.
        applied: How often something was done to a name.
    """

    objects: dict[str, Any] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    applied: Counter[str] = field(default_factory=Counter)

    def __call__(self, method: str, target: str, body: bytes) -> Response:
        """The status and the JSON for a request."""
        path = target.partition("?")[0]
        for route in ROUTES:
            if route.method == method and path.startswith(route.path):
                return route.act(self, unquote(path.removeprefix(route.path)), json.loads(body) if body else {})
        return 404, {"detail": "Not Found"}

    def no_token(self, _: str, __: Any) -> Response:
        return 422, {"detail": "CSRF protection is disabled."}

    def read(self, name: str, _: Any) -> Response:
        return 200, stored(name, value=self.objects.get(name, name))

    def list(self, _: str, body: dict[str, Any]) -> Response:
        return 200, [stored(name) for name in body["variables"]["name"]["any_"]]

    def start(self, _: str, body: dict[str, Any]) -> Response:
        """A run, of which there is one for each key."""
        name = self.keys.setdefault(body["idempotency_key"], body["name"]) if "idempotency_key" in body else ""
        known = bool(name and self.applied[name])
        if not known:
            self.applied[body["name"]] += 1
        return 200 if known else 201, stored(
            name or body["name"], flow_id=body["flow_id"], idempotency_key=body.get("idempotency_key")
        )

    def create(self, _: str, body: dict[str, Any]) -> Response:
        """A variable, of which there is one for each name."""
        if body["name"] in self.objects:
            return 409, {"detail": "A variable of this name exists already."}
        self.objects[body["name"]] = body["value"]
        self.applied[body["name"]] += 1
        return 201, stored(body["name"], value=body["value"])

    def leave(self, _: str, body: dict[str, Any]) -> Response:
        """An artifact, of which there is one for each request."""
        self.applied[body["key"]] += 1
        return 201, stored(body["key"], key=body["key"])

    def put(self, _: str, body: dict[str, Any]) -> Response:
        self.applied[body["name"]] = 1
        return 200, stored(body["name"], filters=[])

    def change(self, name: str, body: dict[str, Any]) -> Response:
        self.objects[name] = body["value"]
        self.applied[name] = 1
        return 204, None

    def delete(self, name: str, _: Any) -> Response:
        if self.objects.pop(name, None) is None:
            return 404, {"detail": "Variable not found."}
        self.applied[name] += 1
        return 204, None


ROUTES = (
    Route("GET", "/api/csrf-token", Ledger.no_token),
    Route("GET", "/api/variables/name/", Ledger.read),
    Route("POST", "/api/variables/filter", Ledger.list),
    Route("POST", "/api/flow_runs/", Ledger.start),
    Route("POST", "/api/variables/", Ledger.create),
    Route("POST", "/api/artifacts/", Ledger.leave),
    Route("PUT", "/api/saved_searches/", Ledger.put),
    Route("PATCH", "/api/variables/name/", Ledger.change),
    Route("DELETE", "/api/variables/name/", Ledger.delete),
)


def encoded(response: Response) -> tuple[int, bytes]:
    """A response as it goes over the wire."""
    status, value = response
    return status, b"" if value is None else json.dumps(value).encode()


class LedgerServer(FaultServer):
    """Serves a ledger under `/api`. A request is applied when a fault takes it off the wire, and not before.

    Attributes:
        ledger: What it serves.
        plan: What is to go wrong with the next requests, one after the other; an empty plan is a healthy server.
        api: The root of the API.
    """

    def __init__(self, ledger: Ledger | None = None) -> None:
        super().__init__()
        self.ledger = ledger or Ledger()
        self.plan: deque[Fault | str] = deque()
        self.api = self.url + "/api"

    def fault_of(self, connection: Connection) -> Fault:
        if not self.plan or b"/csrf-token" in connection.head.split(b"\r\n", 1)[0]:
            return self.healthy
        fault = self.plan.popleft()
        return FAULTS[fault] if isinstance(fault, str) else fault

    def apply(self, connection: Connection, received: Received) -> None:
        super().apply(connection, received)
        connection.due = self.ledger(received.method, received.path, received.body)

    def healthy(self, connection: Connection) -> bool:
        """The right response."""
        connection.read()
        status, body = encoded(connection.due)
        return connection.respond(body, "content-type: application/json", status=f"{status} Status")

"""Canary secrets, a server that repeats every request, and calls that could leak the secrets."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import quote, quote_plus
from uuid import UUID

from prefectkit import Prefect, models
from prefectkit.compat import SyncPrefectClient
from prefectkit.core.errors import PrefectKitError
from prefectkit.plugins import hookimpl, manager
from prefectkit.transports import CassetteTransport
from tests.faults import Connection, FaultServer
from tests.faults.server import Fault, Received
from tests.plugins.hostile import Point

ID = UUID(int=1)

SECRETS = {
    "API key": "pnu_canary01abcdef",
    "auth string": "canary02:pa ss+/w?rd",
    "custom header": "canary03customheader",
    "header of a call": "canary04callheader",
    "CSRF token": "canary05csrftoken",
    "cookie": "canary06cookie",
    "variable": "canary07variable",
    "block": "canary08block",
    "environment of a job": "canary09environment",
    "proxy": "canary10proxy",
    "password of a URL": "canary11url",
    "echoed by the server": "canary12told",
    "key of no known form": "canary13-plain-Zq81key00",
    "header of httpx_settings": "canary14-httpx-header",
    "parameter": "canary15parameter",
    "query": "canary16query",
    "stored": "canary17stored",
}


def forms(secret: str) -> set[str]:
    """How a text can stand in another."""
    data = secret.encode()
    return {
        secret,
        json.dumps(secret)[1:-1],
        quote(secret),
        quote(secret, safe=""),
        quote_plus(secret),
        base64.b64encode(data).decode().rstrip("=")[:-1],
        base64.urlsafe_b64encode(data).decode().rstrip("=")[:-1],
        base64.b64encode(f"user:{secret}".encode()).decode().rstrip("=")[:-1],
    }


def seen_in(text: str) -> list[str]:
    """The names of the secrets that are in a text."""
    return [name for name, secret in SECRETS.items() if any(form in text for form in forms(secret))]


POOL = {"job_configuration": {"env": "{{ env }}"}, "variables": {"env": {"KEY": SECRETS["environment of a job"]}}}


class EchoingServer(FaultServer):
    """Sets cookies and tokens, and repeats the request in its refusals, as the real server does.

    The first segment of the path, before `/api`, says how it responds: `/fine/api`, `/conflict/api`. To a client
    that uses it as a proxy, it responds that the password is wrong.
    """

    def fault_of(self, connection: Connection) -> Fault:
        return self.echo

    def echo(self, connection: Connection) -> bool | None:
        request = connection.read()
        if not request.path.startswith("/"):
            echoed = f'{{"detail": "Basic {request.headers.get("proxy-authorization", "").rpartition(" ")[2]}"}}'
            return connection.respond(echoed.encode(), status="407 Proxy Authentication Required")
        _, how, _, *path = request.path.split("/")
        cookie = f"set-cookie: session={SECRETS['cookie']}; HttpOnly"
        if path[0].startswith("csrf-token"):
            token = {"token": SECRETS["CSRF token"], "client": "c", "expiration": "2099-01-01T00:00:00Z"}
            return connection.respond(json.dumps(token).encode(), cookie)
        status, body = RESPONSES[how](request)
        if how == "cut":
            connection.send(b"HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n" + cookie.encode() + b"\r\n\r\n" + body)
            return None
        return connection.respond(body, cookie, "content-type: application/json", status=status)


def _fine(request: Received) -> tuple[str, bytes]:
    sent = json.loads(request.body or b"{}")
    answered = {"id": str(ID), "name": "x", "block_schema_id": None, **_stored(request), **sent}
    return "200 OK", json.dumps(answered).encode()


def _stored(request: Received) -> dict[str, str]:
    return {"value": SECRETS["stored"]} if "/variables/" in request.path else {}


def _undecodable(request: Received) -> tuple[str, bytes]:
    return "200 OK", json.dumps({"id": "none", **_stored(request), **_told(request)}).encode()


def _echoing(request: Received) -> tuple[str, bytes]:
    """Repeats headers and body as they are, and packed in the ways in which servers and proxies log them."""
    sent = "\n".join([*(f"{name}: {value}" for name, value in request.headers.items()), request.body.decode()])
    packed = [
        base64.b64encode(sent.encode()).decode(),
        base64.b64encode(gzip.compress(sent.encode())).decode(),
        sent.encode().hex(),
        quote(sent),
        json.dumps(json.dumps(sent)),
    ]
    return "500 Internal Server Error", "\n".join([sent, request.path, *packed]).encode()


def _listing(request: Received) -> tuple[str, bytes]:
    echoed = [f"{name}: {value}" for name, value in request.headers.items()]
    return "400 Bad Request", json.dumps(
        {"detail": {"headers": echoed, "sent": json.loads(request.body or b"null")}}
    ).encode()


def _told(request: Received) -> dict[str, Any]:
    """What a server, or a proxy before it, says of a request, in the forms in which they do."""
    return {
        "authorization": request.headers.get("authorization", ""),
        "url": f"https://user:{SECRETS['password of a URL']}@host/path",
        "password": SECRETS["echoed by the server"],
        "bearer": f"Bearer {SECRETS['echoed by the server']}",
    }


def _refused(status: str) -> Callable[[Received], tuple[str, bytes]]:
    return lambda request: (status, json.dumps({"detail": json.dumps(_told(request))}).encode())


def _unprocessable(request: Received) -> tuple[str, bytes]:
    sent = json.loads(request.body or b"{}")
    fault = {"type": "string_type", "loc": ["body", "value"], "msg": "not like this", "input": sent}
    body = {"exception_message": "Invalid request received.", "exception_detail": [fault], "request_body": sent}
    return "422 Unprocessable Entity", json.dumps(body).encode()


RESPONSES: dict[str, Callable[[Received], tuple[str, bytes]]] = {
    "fine": _fine,
    "undecodable": _undecodable,
    "cut": _fine,
    "unauthorized": _refused("401 Unauthorized"),
    "conflict": _refused("409 Conflict"),
    "unprocessable": _unprocessable,
    "broken": _refused("500 Internal Server Error"),
    "echoing": _echoing,
    "listing": _listing,
    "moved": _refused("307 Temporary Redirect"),
}

CALLS: dict[str, Callable[[Any], Any]] = {
    "variable": lambda client: client.variables.create(name="x", value=SECRETS["variable"]),
    "block": lambda client: client.block_documents.create(
        name="x", block_type_id=ID, block_schema_id=ID, data={"password": SECRETS["block"]}
    ),
    "pool": lambda client: client.work_pools.create(name="x", type="process", base_job_template=POOL),
    "run": lambda client: client.deployments.create_flow_run(
        ID, name="x", job_variables={"env": {"KEY": SECRETS["environment of a job"]}}
    ),
    "stored": lambda client: client.variables.read_by_name("x"),
    "query": lambda client: client.request("GET", "/flows/", query={"key": SECRETS["query"]}),
    # A model shows the parameters of its run.
    "parameters": lambda client: (
        "/fine/" in client.api_url
        or client.deployments.create_flow_run(ID, name="x", parameters={"db_pwd": SECRETS["parameter"]})
    ),
}

FLAT_CALLS: list[Callable[[Any], Any]] = [
    lambda client: client.create_variable(models.VariableCreate(name="x", value=SECRETS["variable"])),
    lambda client: client.create_block_document(
        models.BlockDocumentCreate(name="x", block_type_id=ID, block_schema_id=ID, data={"a": SECRETS["block"]})
    ),
    lambda client: client.create_work_pool(models.WorkPoolCreate(name="x", type="process", base_job_template=POOL)),
    lambda client: client.create_flow_run_from_deployment(
        ID, job_variables={"env": {"KEY": SECRETS["environment of a job"]}}
    ),
    lambda client: client.create_flow_run_from_deployment(ID, parameters={"db_pwd": SECRETS["parameter"]}),
    lambda client: client.read_variable_by_name("x"),
    lambda client: client.request("GET", f"/flows/?key={SECRETS['query']}"),
]


class Watching:
    """An installed plugin that keeps what observers see; it has not been allowed to see secrets."""

    def __init__(self) -> None:
        self.seen: list[Any] = []

    @hookimpl
    def client_opened(self, client: Any) -> None:
        self.seen.append(client)

    @hookimpl
    def after_response(self, call: Any, request: Any, response: Any) -> None:
        self.seen += [call, request, response]

    @hookimpl
    def send_failed(self, call: Any, request: Any, error: Exception) -> None:
        self.seen += [call, request, error]

    @hookimpl
    def retry_decided(self, call: Any, error: Exception, delay: float) -> None:
        self.seen += [call, error]

    @hookimpl
    def after_call(self, call: Any, response: Any) -> None:
        self.seen += [call, response]

    @hookimpl
    def call_failed(self, call: Any, error: BaseException) -> None:
        self.seen += [call, error]


class Remains:
    """What is left of the calls.

    Attributes:
        errors: What they raised.
        values: What they answered, and what was sent for it.
        flat_errors: What calls of the flat clients raised.
        clients: The clients, still open.
        watching: What a plugin saw.
    """

    def __init__(self) -> None:
        self.errors: list[BaseException] = []
        self.values: list[Any] = []
        self.flat_errors: list[Exception] = []
        self.clients: list[Any] = []
        self.watching = Watching()

    def call(self, client: Any, name: str) -> None:
        """Make a call, and keep what comes of it."""
        try:
            self.values.append(CALLS[name](client))
        except PrefectKitError as error:
            self.errors.append(error)

    def live(self, url: str, **arguments: Any) -> None:
        """Make every call on a client of its own."""
        try:
            with patch.object(manager, "plugin_entry_points", lambda: (Point("watching", self.watching),)):
                client = Prefect(url, **arguments)
        except PrefectKitError as error:
            self.errors.append(error)
            return
        self.clients.append(client)
        client._engine._random = lambda low, high: low
        options = client.with_options(headers={"cf-access-client-secret": SECRETS["header of a call"]})
        options._engine._random = lambda low, high: low
        for name in CALLS:
            self.call(options, name)

    def flat(self, url: str) -> None:
        """Make every call on a flat client of its own."""
        headers = {"X-Gateway": SECRETS["header of httpx_settings"]}
        with SyncPrefectClient(
            url, api_key=SECRETS["key of no known form"], httpx_settings={"headers": headers}
        ) as client:
            client._native._engine._random = lambda low, high: low
            for call in FLAT_CALLS:
                try:
                    call(client)
                except Exception as error:
                    self.flat_errors.append(error)


@contextmanager
def remains(folder: Path, left: Remains) -> Iterator[None]:
    """Make calls that put every secret at risk, and close the clients in the end."""
    with EchoingServer() as server:
        for how in RESPONSES:
            url = f"{server.url}/{how}/api"

            def recording(inner: Any, how: str = how) -> Any:
                return CassetteTransport(folder / f"{how}.jsonl", inner, mode="rewrite")

            left.live(url, api_key=SECRETS["API key"])
            left.live(url, auth_string=SECRETS["auth string"], transport=recording)
            settings = {"headers": {"X-Gateway": SECRETS["header of httpx_settings"]}}
            left.live(url, api_key=SECRETS["key of no known form"], httpx_settings=settings)
            left.flat(url)
        left.live(server.url.replace("//", f"//user:{SECRETS['password of a URL']}@"))
        proxy = server.url.replace("//", f"//user:{SECRETS['proxy']}@")
        left.live("http://nowhere.invalid/api", httpx_settings={"proxy": proxy}, max_attempts=1)
        left.live("https://nowhere.invalid/api", httpx_settings={"proxy": proxy}, max_attempts=1)
        yield
        for client in left.clients:
            with suppress(PrefectKitError):
                client.close()

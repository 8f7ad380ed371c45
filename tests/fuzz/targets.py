"""Fuzz targets: each accepts any bytes, and may raise only the errors that it declares."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import prefectkit
from prefectkit.core.errors import (
    CassetteError,
    ClientClosedError,
    ConfigError,
    InvalidParameterError,
    RedirectError,
    ResponseDecodeError,
)
from prefectkit.core.http.messages import Request, Response
from prefectkit.core.http.paths import PathTemplate
from prefectkit.core.http.redirects import follow_redirects
from prefectkit.core.http.urls import parse_api_url, shown
from prefectkit.core.retries.retry_after import parse_retry_after
from prefectkit.core.security.redaction import redact
from prefectkit.core.serialization import codec
from prefectkit.transports import CassetteTransport
from tests.described_responses import return_type, unsendable

URL = "http://prefect.test/api"


@cache
def types() -> list[Any]:
    """What the operations respond with, each once, in an order that stays."""
    named = {str(return_type(operation)): return_type(operation) for operation in prefectkit.operations().values()}
    return [named[name] for name in sorted(named) if "AsyncIterator" not in name]


def decode(data: bytes) -> None:
    """Two bytes say what is expected, the rest is the response."""
    type_ = types()[int.from_bytes(data[:2]) % len(types())]
    response = Response(200, {"content-type": "application/json"}, data[2:])
    try:
        value = codec.decode(type_, response)
    except ResponseDecodeError as error:
        assert len(error.excerpt) <= codec.EXCERPT, "an excerpt that is too long"
        return
    assert repr(value), "a value that cannot be shown"
    try:
        again = Response(200, {}, codec.encode(value))
    except InvalidParameterError as error:
        assert unsendable(error), "a value that is read, and refused for no reason of the server's"
        return
    assert codec.encode(codec.decode(type_, again)) == again.body, "a value that is not read again as the same"


def cassette(data: bytes) -> None:
    """A file of these bytes, with which a request is answered."""
    with tempfile.TemporaryDirectory(prefix="prefectkit-fuzz-") as folder:
        path = Path(folder) / "a.jsonl"
        path.write_bytes(data)
        try:
            transport = CassetteTransport(path, allow_repeats=True)
            try:
                for method, target, body in (("GET", "/flows/1", b""), ("POST", "/flows/filter", b'{"limit":1}')):
                    transport.send(Request(method, URL, target, body=body))
            finally:
                transport.close()
        except (CassetteError, prefectkit.errors.TransportError, ClientClosedError) as error:
            assert str(error), "an error without a word"
        assert [each.name for each in Path(folder).iterdir()] == ["a.jsonl"], "a file that is left behind"
        assert path.read_bytes() == data, "a file that was changed"


def address(data: bytes) -> None:
    """Lines that stand for what servers and users write into headers, URLs and names."""
    lines = data.decode("utf-8", "surrogateescape").split("\n", 4)
    url, value, date, name, location = lines + [""] * (5 - len(lines))
    seconds = parse_retry_after(value, date)
    assert seconds is None or (math.isfinite(seconds) and seconds >= 0), "no time to wait"
    redact(url)
    _parse(url)
    _name(name)
    _redirect(location)


def _parse(url: str) -> None:
    shown(url)
    try:
        parsed = parse_api_url(url)
    except ConfigError:
        return
    assert parse_api_url(parsed) == parsed, "a URL that is not read again as the same"
    assert parsed.startswith(("http://", "https://")) and "@" not in parsed.split("/")[2], "no URL of a server"


def _name(name: str) -> None:
    try:
        path = PathTemplate("/work_pools/{name}/queues").render({"name": name})
    except InvalidParameterError:
        return
    assert path.count("/") == 3 and path.isascii() and not set(path) & set("?# \r\n\t"), "a name that escapes"


def _redirect(location: str) -> None:
    request = Request("GET", URL, "/flows/1", headers={"authorization": "Bearer key"})
    response = Response(307, {"location": location})

    async def send(redirected: Request) -> Response:
        assert redirected.base_url == URL and redirected.target.startswith("/"), "another server"
        assert redirected.target.isascii(), "a target that HTTP cannot carry"
        return Response(200)

    try:
        follow_redirects(request, response, 1, send).send(None)  # type: ignore[attr-defined] -- a coroutine
    except (RedirectError, StopIteration):
        pass


TARGETS: dict[str, Callable[[bytes], None]] = {"decode": decode, "cassette": cassette, "address": address}

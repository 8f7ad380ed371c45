"""From live requests and answers to records without secrets, before anything is kept."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from urllib.parse import parse_qsl, quote, unquote

import msgspec
from msgspec import UNSET

from prefectkit.core.errors import TransportError
from prefectkit.core.http.messages import Request, Response
from prefectkit.transports.cassette.detectors import Places
from prefectkit.transports.cassette.records import (
    JSON,
    Body,
    Fault,
    Record,
    RecordedRequest,
    RecordedResponse,
    json_of,
)
from prefectkit.transports.cassette.secret_registry import Eraser, Vault

KEPT_HEADERS = frozenset(
    {"accept", "content-type", "content-disposition", "date", "retry-after", "x-prefect-api-version"}
)
_LARGEST = 64 * 2**20


class Scrubber:
    """Scrubs for one cassette: the same secret gets the same placeholder in all of it.

    A secret that is held, or stands under a name such as `password`, is looked for everywhere. What is one for its
    place alone (the value of a variable) is looked for in the same request and its answer.
    """

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def request(self, request: Request) -> tuple[RecordedRequest, frozenset[str]]:
        """The request as it is matched and recorded, and the secrets found in it."""
        self._vault.hold_headers(request.headers, sent=True)
        path, _, query = request.target.partition("?")
        places = Places(self._vault, path)
        pairs = [(name, places.hide_field(name, text)) for name, text in parse_qsl(query, keep_blank_values=True)]
        body = self._hidden(places, request.body, request.headers)
        segments = [places.hide_in_text(unquote(segment)) for segment in path.split("/")]
        found = frozenset(places.found)
        recorded = RecordedRequest(
            request.method,
            "/".join(map(_quoted, segments, path.split("/"))),
            pairs,
            {name: value for name, value in request.headers.items() if name in KEPT_HEADERS},
            body,
        )
        return self._spread_request(recorded, found), found

    def outcome(self, request: RecordedRequest, outcome: Response | TransportError, found: frozenset[str]) -> Record:
        """The record of what came of a request in which these secrets were found."""
        places = Places(self._vault, request.path)
        if isinstance(outcome, TransportError):
            fault = Fault.of(outcome)
            fault.message = places.hide_in_text(fault.message)
            return self._spread(Record(request, fault=fault), found | places.found)
        self._vault.hold_headers(outcome.headers, sent=False)
        body = self._hidden(places, outcome.body, outcome.headers)
        headers = {name: value for name, value in outcome.headers.items() if name in KEPT_HEADERS}
        response = RecordedResponse(outcome.status, headers, body)
        return self._spread(Record(request, response), found | places.found)

    def again(self, record: Record) -> Record:
        """The record without the secrets that have become known since it was made."""
        return self._spread(Record(self._spread_request(record.request), record.response, record.fault))

    def _hidden(self, places: Places, data: bytes, headers: dict[str, str]) -> Body | None:
        if "gzip" in headers.get("content-encoding", ""):
            data = _inflated(data)
        body = Body.of(data, headers.get("content-type", ""))
        if body is None:
            return None
        if body.base64 is not UNSET:
            return Body.of_binary(places.hide_in_text(data.decode("latin-1")).encode("latin-1"))
        if body.text is not UNSET:
            return Body(text=places.hide_broken(body.text))
        return Body(json=places.hide(json_of(body)))

    def _spread(self, record: Record, found: Iterable[str] = ()) -> Record:
        """The record with placeholders wherever a secret is repeated in the outcome."""
        erase = self._vault.eraser(found)
        response = record.response
        if response is not None:
            headers = {name: erase(value) for name, value in response.headers.items()}
            response = RecordedResponse(response.status, headers, self._spread_body(response.body, erase))
        fault = record.fault
        if fault is not None:
            fault = Fault(fault.type, fault.phase, erase(fault.message), fault.retryable)
        return Record(record.request, response, fault)

    def _spread_request(self, request: RecordedRequest, found: Iterable[str] = ()) -> RecordedRequest:
        erase = self._vault.eraser(found)
        return RecordedRequest(
            request.method,
            "/".join(_quoted(erase(unquote(segment)), segment) for segment in request.path.split("/")),
            [(erase(name), erase(text)) for name, text in request.query],
            {name: erase(value) for name, value in request.headers.items()},
            self._spread_body(request.body, erase),
        )

    def _spread_body(self, body: Body | None, erase: Eraser) -> Body | None:
        if body is None:
            return None
        if body.base64 is not UNSET:
            return Body.of_binary(erase(body.to_bytes().decode("latin-1")).encode("latin-1"))
        if body.text is not UNSET:
            return Body(text=erase(body.text))
        return Body(json=self._spread_json(json_of(body), erase))

    def _spread_json(self, value: JSON, erase: Eraser) -> JSON:
        match value:
            case dict():
                return {erase(name): self._spread_json(item, erase) for name, item in value.items()}
            case list():
                return [self._spread_json(item, erase) for item in value]
            case str():
                return erase(value)
            case None | bool():
                return value
            case _:
                text = msgspec.json.encode(value).decode()
                return value if erase(text) == text else self._vault.placeholder(value)


def _quoted(text: str, segment: str) -> str:
    """A path segment for its text, as it was where nothing is changed."""
    return segment if text == unquote(segment) else quote(text, safe="<:>")


def _inflated(data: bytes) -> bytes:
    """The bytes without gzip, where a transport left it on: a secret could not be found in them."""
    try:
        return zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(data, _LARGEST)
    except zlib.error:
        return data

"""Makes records of requests and responses, with all secrets redacted."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from urllib.parse import parse_qsl, quote, unquote

import msgspec
from msgspec import UNSET

from prefectkit.core.errors import TransportError
from prefectkit.core.http.messages import Request, Response
from prefectkit.transports.cassette.detectors import Detectors
from prefectkit.transports.cassette.records import (
    JSON,
    Body,
    Fault,
    Record,
    RecordedRequest,
    RecordedResponse,
    json_of,
)
from prefectkit.transports.cassette.secret_registry import Redact, SecretRegistry

KEPT_HEADERS = frozenset(
    {"accept", "content-type", "content-disposition", "date", "retry-after", "x-prefect-api-version"}
)
_MAX_INFLATED = 64 * 2**20


class RecordRedactor:
    """Redacts the records of one cassette; the same secret has the same placeholder in all of them.

    A registered secret, and one under a name such as `password`, is redacted everywhere. A secret that was detected
    only by its route (the value of a variable) is redacted in the same request and its response.
    """

    def __init__(self, registry: SecretRegistry) -> None:
        self._registry = registry

    def request(self, request: Request) -> tuple[RecordedRequest, frozenset[str]]:
        """The redacted request, as it is matched and recorded, and the secrets detected in it."""
        self._registry.register_headers(request.headers, sent=True)
        path, _, query = request.target.partition("?")
        detectors = Detectors(self._registry, path)
        pairs = [(name, detectors.redact_field(name, text)) for name, text in parse_qsl(query, keep_blank_values=True)]
        body = self._redact_body(detectors, request.body, request.headers)
        path = _redact_path(path, detectors.redact_text)
        found = frozenset(detectors.found)
        recorded = RecordedRequest(
            request.method,
            path,
            pairs,
            {name: value for name, value in request.headers.items() if name in KEPT_HEADERS},
            body,
        )
        return self._redact_known_request(recorded, found), found

    def outcome(self, request: RecordedRequest, outcome: Response | TransportError, found: frozenset[str]) -> Record:
        """The redacted record of a response or failure; `found` are the secrets detected in the request."""
        detectors = Detectors(self._registry, request.path)
        if isinstance(outcome, TransportError):
            fault = Fault.of(outcome)
            fault.message = detectors.redact_text(fault.message)
            return self._redact_known(Record(request, fault=fault), found | detectors.found)
        self._registry.register_headers(outcome.headers, sent=False)
        body = self._redact_body(detectors, outcome.body, outcome.headers)
        headers = {name: value for name, value in outcome.headers.items() if name in KEPT_HEADERS}
        response = RecordedResponse(outcome.status, headers, body)
        return self._redact_known(Record(request, response), found | detectors.found)

    def redact_again(self, record: Record) -> Record:
        """The record without the secrets that were registered since it was made."""
        return self._redact_known(Record(self._redact_known_request(record.request), record.response, record.fault))

    def _redact_body(self, detectors: Detectors, data: bytes, headers: dict[str, str]) -> Body | None:
        if "gzip" in headers.get("content-encoding", ""):
            data = _inflated(data)
        body = Body.of(data, headers.get("content-type", ""))
        if body is None:
            return None
        if body.base64 is not UNSET:
            return Body.of_binary(detectors.redact_text(data.decode("latin-1")).encode("latin-1"))
        if body.text is not UNSET:
            return Body(text=detectors.redact_invalid_json(body.text))
        return Body(json=detectors.redact(json_of(body)))

    def _redact_known(self, record: Record, found: Iterable[str] = ()) -> Record:
        """The record with placeholders in place of the known secrets that its response or failure repeats."""
        redact = self._registry.redactor(found)
        response = record.response
        if response is not None:
            headers = {name: redact(value) for name, value in response.headers.items()}
            response = RecordedResponse(response.status, headers, self._redact_known_body(response.body, redact))
        fault = record.fault
        if fault is not None:
            fault = Fault(fault.type, fault.phase, redact(fault.message), fault.retryable)
        return Record(record.request, response, fault)

    def _redact_known_request(self, request: RecordedRequest, found: Iterable[str] = ()) -> RecordedRequest:
        redact = self._registry.redactor(found)
        return RecordedRequest(
            request.method,
            _redact_path(request.path, redact),
            [(redact(name), redact(text)) for name, text in request.query],
            {name: redact(value) for name, value in request.headers.items()},
            self._redact_known_body(request.body, redact),
        )

    def _redact_known_body(self, body: Body | None, redact: Redact) -> Body | None:
        if body is None:
            return None
        if body.base64 is not UNSET:
            return Body.of_binary(redact(body.to_bytes().decode("latin-1")).encode("latin-1"))
        if body.text is not UNSET:
            return Body(text=redact(body.text))
        return Body(json=self._redact_known_json(json_of(body), redact))

    def _redact_known_json(self, value: JSON, redact: Redact) -> JSON:
        match value:
            case dict():
                return {redact(name): self._redact_known_json(item, redact) for name, item in value.items()}
            case list():
                return [self._redact_known_json(item, redact) for item in value]
            case str():
                return redact(value)
            case None | bool():
                return value
            case _:
                text = msgspec.json.encode(value).decode()
                return value if redact(text) == text else self._registry.placeholder(value)


def _redact_path(path: str, redact: Redact) -> str:
    """The path with redacted segments; a segment without secrets keeps its quoting."""
    segments = path.split("/")
    for index, segment in enumerate(segments):
        text = unquote(segment)
        redacted = redact(text)
        if redacted != text:
            segments[index] = quote(redacted, safe="<:>")
    return "/".join(segments)


def _inflated(data: bytes) -> bytes:
    """The bytes after gzip decompression, if the transport did not decompress them."""
    try:
        return zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(data, _MAX_INFLATED)
    except zlib.error:
        return data

"""A cassette: decides for each request between playback and recording, and writes the file at the end."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Literal, TypeAlias, get_args

import msgspec
from msgspec import UNSET

from prefectkit.core.concurrency.fork_safe_lock import ForkSafeLock
from prefectkit.core.errors import (
    CassetteError,
    CassetteLeakError,
    CassetteMiss,
    ConfigError,
    TransportError,
)
from prefectkit.core.http.messages import Request, Response
from prefectkit.core.io import closed_error
from prefectkit.core.security.secrets import Secret
from prefectkit.transports.cassette.matching import Bindings, Key, key_of, restore, restore_text
from prefectkit.transports.cassette.playback import CSRF_PATH, Playback
from prefectkit.transports.cassette.record_redactor import KEPT_HEADERS, RecordRedactor
from prefectkit.transports.cassette.records import (
    VERSION,
    Body,
    Fault,
    FileHeader,
    Record,
    RecordedRequest,
    RecordedResponse,
    json_of,
)
from prefectkit.transports.cassette.secret_registry import SECRET_PLACEHOLDER, SecretRegistry
from prefectkit.transports.cassette.store import WriterLock, load, save
from prefectkit.version import __version__

Mode: TypeAlias = Literal["none", "once", "new_episodes", "all", "rewrite"]

_MIN_GIVEN_LENGTH = 4
_FIELDS = {
    name
    for struct in (FileHeader, Record, RecordedRequest, RecordedResponse, Fault, Body)
    for name in struct.__struct_fields__
}
_OWN_NAMES = re.compile(f'"(?:{"|".join(_FIELDS | KEPT_HEADERS)})":'.encode())
_logger = logging.getLogger("prefectkit.cassette")


class PendingRecord(msgspec.Struct, frozen=True):
    """A request that must be sent, and recorded with its response."""

    request: RecordedRequest
    key: Key
    found: frozenset[Secret]


class Cassette:
    """The records of one cassette. Thread-safe.

    Attributes:
        path: The file.
        can_record: Whether requests may be sent and recorded.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        mode: str,
        secrets: Iterable[str | Secret],
        allow_repeats: bool,
        strict_close: bool,
        ignore: Collection[str],
        has_inner: bool,
    ) -> None:
        if mode not in get_args(Mode):
            raise ConfigError(f"{mode!r} is not a cassette mode: use one of {', '.join(get_args(Mode))}")
        self.path = Path(path)
        self._allow_repeats = allow_repeats
        self._strict_close = strict_close
        self._ignore = frozenset(ignore)
        self._registry = SecretRegistry()
        for index, secret in enumerate(secrets):
            self._register(index, secret.reveal() if isinstance(secret, Secret) else secret)
        self._redactor = RecordRedactor(self._registry)
        self._mutex = ForkSafeLock()
        self._process = os.getpid()
        self._closed = False
        self._header = FileHeader(VERSION)
        self._playback = Playback([], (), allow_repeats)
        self._recorded: list[tuple[Record, Key]] = []
        self._mode = _effective_mode(mode)
        self._lock = self._writer_lock(has_inner)
        self.can_record = self._lock is not None
        try:
            if self._mode != "rewrite" and (self.path.exists() or not self.can_record):
                self._load()
        except BaseException:
            self._release()
            raise

    @property
    def unused(self) -> list[str]:
        """The records that were not replayed, as method and path, in the order of the file."""
        with self._mutex.held():
            return self._unused()

    def find(self, request: Request) -> Response | PendingRecord:
        """The recorded response to a request, or a `PendingRecord` if the request must be sent.

        Raises:
            TransportError: The recorded failure.
            CassetteMiss: The request is not recorded, and may not be sent.
        """
        with self._mutex.held():
            if self._closed:
                raise closed_error()
            recorded, found = self._redactor.request(request)
            key = key_of(recorded, self._ignore)
            match = None if self._mode == "all" else self._playback.next_match(key)
            if match is not None:
                return self._play_back(match.record, self._bind(match.placeholders))
            if not self.can_record:
                if recorded.path == CSRF_PATH:
                    return Response(404)
                reason = self._playback.explain_miss(key)
                raise CassetteMiss(
                    f"{self.path} has no response for {recorded.method} {recorded.path}: {reason}. "
                    "To record it, use mode='new_episodes'"
                )
            return PendingRecord(recorded, key, frozenset(map(Secret, found)))

    def record(self, pending: PendingRecord, outcome: Response | TransportError) -> None:
        """Record a response or failure. Ignored after `close`."""
        with self._mutex.held():
            if not self._closed:
                found = frozenset(secret.reveal() for secret in pending.found)
                self._recorded.append((self._redactor.outcome(pending.request, outcome, found), pending.key))

    def close(self) -> None:
        """Write what was recorded, and log a warning of the records that were not replayed.

        Raises:
            CassetteLeakError: The file would have contained a secret; nothing was written.
            CassetteError: The file cannot be written, or, with `strict_close`, a record was not replayed.
        """
        with self._mutex.held():
            # The parent of a forked child writes the file.
            if self._closed or self._process != os.getpid():
                return
            self._closed = True
            try:
                if self._recorded:
                    save(self.path, self._lines())
            finally:
                self._release()
            unused = self._unused()
        if unused:
            message = f"{self.path}: {len(unused)} recorded requests were not made: {_listed(unused)}"
            if self._strict_close:
                raise CassetteError(message)
            _logger.warning("%s", message)

    def _unused(self) -> list[str]:
        return [] if self._mode == "all" else self._playback.unused

    def _register(self, index: int, secret: str) -> None:
        if 0 < len(secret) < _MIN_GIVEN_LENGTH:
            raise ConfigError(
                f"secrets[{index}] has {len(secret)} characters: "
                f"a secret of fewer than {_MIN_GIVEN_LENGTH} cannot be distinguished from other text"
            )
        self._registry.register(secret, _MIN_GIVEN_LENGTH)

    def _writer_lock(self, has_inner: bool) -> WriterLock | None:
        if self._mode == "none" or (self._mode == "once" and self.path.exists()):
            return None
        if not has_inner:
            raise ConfigError(f"mode={self._mode!r} records {self.path}, and needs a transport to record: pass `inner`")
        lock = WriterLock(self.path)
        if self._mode == "once" and self.path.exists():
            # Another writer has written the file since the first check.
            lock.release()
            return None
        return lock

    def _release(self) -> None:
        if self._lock is not None:
            self._lock.release()

    def _load(self) -> None:
        if not self.path.exists():
            hint = " (if the environment variable CI is set, only 'all' and 'rewrite' record)" if _is_ci() else ""
            raise CassetteError(f"there is no cassette at {self.path}: record it with mode='once'{hint}")
        self._header, records = load(self.path)
        for record in records:
            self._registry.reserve_numbers(msgspec.json.encode(record).decode())
        self._playback = Playback(records, self._ignore, self._allow_repeats)

    def _bind(self, placeholders: Iterable[tuple[str, str]]) -> Bindings:
        bindings: Bindings = {}
        for placeholder, text in placeholders:
            if SECRET_PLACEHOLDER.fullmatch(text):
                bindings[placeholder] = self._registry.value(text)
            else:
                bindings[placeholder] = SECRET_PLACEHOLDER.sub(lambda match: str(self._registry.value(match[0])), text)
            if SECRET_PLACEHOLDER.fullmatch(placeholder):
                self._registry.bind(placeholder, bindings[placeholder])
        return bindings

    def _play_back(self, record: Record, bindings: Bindings) -> Response:
        if record.fault is not None:
            raise record.fault.error()
        assert record.response is not None, "a record has a fault or a response"
        body = record.response.body or Body(text="")
        data = body.to_bytes()
        text = data.decode("latin-1")
        # Most bodies have none, and this search is faster than the pattern.
        if "<secret:" in text:
            for match in SECRET_PLACEHOLDER.finditer(text):
                bindings.setdefault(match[0], self._registry.value(match[0]))
        if any(placeholder in text for placeholder in bindings):
            data = _restored(body, bindings).to_bytes()
        response = Response(record.response.status, dict(record.response.headers), data)
        if data:
            response.headers["content-length"] = str(len(data))
        return response

    def _lines(self) -> list[bytes]:
        recorded = {key.text for _, key in self._recorded}
        unchanged = [
            record
            for record, key in zip(self._playback.records, self._playback.keys, strict=True)
            if not (self._mode == "all" and key.text in recorded)
        ]
        recorded_now = [record for record, _ in self._recorded]
        records = [self._redactor.redact_again(record) for record in [*unchanged, *recorded_now]]
        server = next(filter(None, map(_server_version, reversed(records))), self._header.server)
        lines = [msgspec.json.encode(FileHeader(VERSION, __version__, server, len(records)))]
        lines += [msgspec.json.encode(record) for record in records]
        for number, line in enumerate(lines, start=1):
            if self._registry.occurs_in(_OWN_NAMES.sub(b"\0", line)):
                raise CassetteLeakError(
                    f"line {number} of {self.path} would have contained a secret, so nothing was written"
                )
        return lines


def _is_ci() -> bool:
    return os.environ.get("CI", "").lower() not in ("", "0", "false")


def _effective_mode(mode: str) -> str:
    """The mode. `none` if CI is set and the mode records missing requests: there, a missing cassette is a mistake."""
    return "none" if mode in ("once", "new_episodes") and _is_ci() else mode


def _restored(body: Body, bindings: Bindings) -> Body:
    if isinstance(body.text, str):
        return Body(text=restore_text(body.text, bindings))
    return body if body.json is UNSET else Body(json=restore(json_of(body), bindings))


def _listed(names: list[str]) -> str:
    more = len(names) - 10
    return ", ".join(names[:10]) + (f" and {more} more" if more > 0 else "")


def _server_version(record: Record) -> str | None:
    """The server's version, if the record is of the request for it."""
    body = record.response.body if record.response is not None and record.response.status == 200 else None
    if record.request.path != "/admin/version" or body is None:
        return None
    return body.json if isinstance(body.json, str) else None

"""A cassette in use: what is replayed, what is recorded, and what is written at the end. No I/O but the file."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Literal, TypeAlias, get_args

import msgspec
from msgspec import UNSET

from prefectkit.core.concurrency.short_locks import ShortLock
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
from prefectkit.transports.cassette.playback import CSRF, Shelf
from prefectkit.transports.cassette.records import (
    VERSION,
    Body,
    Fault,
    Head,
    Record,
    RecordedRequest,
    RecordedResponse,
    json_of,
)
from prefectkit.transports.cassette.scrubbing import KEPT_HEADERS, Scrubber
from prefectkit.transports.cassette.secret_registry import PLACEHOLDER, Vault
from prefectkit.transports.cassette.store import WriterLock, load, save
from prefectkit.version import __version__

Mode: TypeAlias = Literal["none", "once", "new_episodes", "all", "rewrite"]

_LEAST_GIVEN = 4
_FIELDS = {
    name
    for struct in (Head, Record, RecordedRequest, RecordedResponse, Fault, Body)
    for name in struct.__struct_fields__
}
_OWN_NAMES = re.compile(f'"(?:{"|".join(_FIELDS | KEPT_HEADERS)})":'.encode())
_logger = logging.getLogger("prefectkit.cassette")


class Take(msgspec.Struct, frozen=True):
    """A request that is to be sent and recorded."""

    request: RecordedRequest
    key: Key
    found: frozenset[Secret]


class Tape:
    """The records of one cassette, for any number of threads.

    Attributes:
        path: The file.
        records_too: Whether requests may be sent and recorded.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        mode: str,
        secrets: Iterable[str | Secret],
        allow_repeats: bool,
        strict_close: bool,
        ignore: Collection[str],
        can_record: bool,
    ) -> None:
        if mode not in get_args(Mode):
            raise ConfigError(f"{mode!r} is no mode of a cassette: it is one of {', '.join(get_args(Mode))}")
        self.path = Path(path)
        self._allow_repeats = allow_repeats
        self._strict_close = strict_close
        self._ignore = frozenset(ignore)
        self._vault = Vault()
        for index, secret in enumerate(secrets):
            self._hold(index, secret.reveal() if isinstance(secret, Secret) else secret)
        self._scrubber = Scrubber(self._vault)
        self._mutex = ShortLock()
        self._process = os.getpid()
        self._closed = False
        self._head = Head(VERSION)
        self._shelf = Shelf([], (), allow_repeats)
        self._recorded: list[tuple[Record, Key]] = []
        self._mode = _mode_here(mode)
        self._lock = self._writer_lock(can_record)
        self.records_too = self._lock is not None
        try:
            if self._mode != "rewrite" and (self.path.exists() or not self.records_too):
                self._load()
        except BaseException:
            self._release()
            raise

    @property
    def unused(self) -> list[str]:
        """The records that were not replayed, as method and path, in the order of the file."""
        with self._mutex.held():
            return self._unused()

    def find(self, request: Request) -> Response | Take:
        """The recorded answer to a request, or a take where it is to be sent.

        Raises:
            TransportError: The failure that was recorded.
            CassetteMiss: Nothing is recorded for it, and nothing may be sent.
        """
        with self._mutex.held():
            if self._closed:
                raise closed_error()
            recorded, found = self._scrubber.request(request)
            key = key_of(recorded, self._ignore)
            taken = None if self._mode == "all" else self._shelf.take(key)
            if taken is not None:
                record, holes = taken
                return self._replay(record, self._bind(holes))
            if not self.records_too:
                if recorded.path == CSRF:
                    return Response(404)
                reason = self._shelf.why_not(key)
                raise CassetteMiss(
                    f"{self.path} has no answer for {recorded.method} {recorded.path}: {reason}. "
                    "To record it, use mode='new_episodes'"
                )
            return Take(recorded, key, frozenset(map(Secret, found)))

    def keep(self, take: Take, outcome: Response | TransportError) -> None:
        """Record what came of a take. What comes after the end is not kept."""
        with self._mutex.held():
            if not self._closed:
                found = frozenset(secret.reveal() for secret in take.found)
                self._recorded.append((self._scrubber.outcome(take.request, outcome, found), take.key))

    def close(self) -> None:
        """Write what was recorded, and say what was not replayed.

        Raises:
            CassetteLeakError: The file would have held a secret; nothing was written.
            CassetteError: It could not be written, or with `strict_close` a record was not replayed.
        """
        with self._mutex.held():
            # A forked child has a copy of what its parent will write.
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
            message = f"{self.path}: {len(unused)} recorded requests were not made: {_some(unused)}"
            if self._strict_close:
                raise CassetteError(message)
            _logger.warning("%s", message)

    def _unused(self) -> list[str]:
        return [] if self._mode == "all" else self._shelf.unused

    def _hold(self, index: int, secret: str) -> None:
        if 0 < len(secret) < _LEAST_GIVEN:
            raise ConfigError(
                f"secrets[{index}] has {len(secret)} characters: "
                f"one of fewer than {_LEAST_GIVEN} cannot be told from other text"
            )
        self._vault.hold(secret, _LEAST_GIVEN)

    def _writer_lock(self, can_record: bool) -> WriterLock | None:
        if self._mode == "none" or (self._mode == "once" and self.path.exists()):
            return None
        if not can_record:
            raise ConfigError(
                f"{self.path} is to be recorded, so the cassette needs a transport to record: pass `inner`"
            )
        lock = WriterLock(self.path)
        if self._mode == "once" and self.path.exists():
            # Another writer was done between the two looks.
            lock.release()
            return None
        return lock

    def _release(self) -> None:
        if self._lock is not None:
            self._lock.release()

    def _load(self) -> None:
        if not self.path.exists():
            hint = " (where CI is set, only 'all' and 'rewrite' record)" if _is_ci() else ""
            raise CassetteError(f"there is no cassette at {self.path}: record it with mode='once'{hint}")
        self._head, records = load(self.path)
        for record in records:
            self._vault.reserve(msgspec.json.encode(record).decode())
        self._shelf = Shelf(records, self._ignore, self._allow_repeats)

    def _bind(self, holes: Iterable[tuple[str, str]]) -> Bindings:
        bindings: dict[str, str | int | float] = {}
        for hole, text in holes:
            if PLACEHOLDER.fullmatch(text):
                bindings[hole] = self._vault.value(text)
            else:
                bindings[hole] = PLACEHOLDER.sub(lambda match: str(self._vault.value(match[0])), text)
            if PLACEHOLDER.fullmatch(hole):
                self._vault.adopt(hole, bindings[hole])
        return bindings

    def _replay(self, record: Record, bindings: Bindings) -> Response:
        if record.fault is not None:
            raise record.fault.error()
        assert record.response is not None, "a record has one or the other"
        body = record.response.body or Body(text="")
        data = body.to_bytes()
        text = data.decode("latin-1")
        for match in PLACEHOLDER.finditer(text):
            bindings.setdefault(match[0], self._vault.value(match[0]))
        if restore_text(text, bindings) != text:
            data = _filled(body, bindings).to_bytes()
        response = Response(record.response.status, dict(record.response.headers), data)
        if data:
            response.headers["content-length"] = str(len(data))
        return response

    def _lines(self) -> list[bytes]:
        fresh = {key.text for _, key in self._recorded}
        kept = [
            record
            for record, key in zip(self._shelf.records, self._shelf.keys, strict=True)
            if not (self._mode == "all" and key.text in fresh)
        ]
        records = [self._scrubber.again(record) for record in [*kept, *(record for record, _ in self._recorded)]]
        server = next(filter(None, map(_server_version, reversed(records))), self._head.server)
        lines = [msgspec.json.encode(Head(VERSION, __version__, server, len(records)))]
        lines += [msgspec.json.encode(record) for record in records]
        for number, line in enumerate(lines, start=1):
            if self._vault.is_in(_OWN_NAMES.sub(b"\0", line)):
                raise CassetteLeakError(
                    f"line {number} of {self.path} would have held a secret, so nothing was written"
                )
        return lines


def _is_ci() -> bool:
    return os.environ.get("CI", "").lower() not in ("", "0", "false")


def _mode_here(mode: str) -> str:
    """The mode, or `none` for one that records what is missing where CI is set: a cassette was left out there."""
    return "none" if mode in ("once", "new_episodes") and _is_ci() else mode


def _filled(body: Body, bindings: Bindings) -> Body:
    if isinstance(body.text, str):
        return Body(text=restore_text(body.text, bindings))
    return body if body.json is UNSET else Body(json=restore(json_of(body), bindings))


def _some(names: list[str]) -> str:
    more = len(names) - 10
    return ", ".join(names[:10]) + (f" and {more} more" if more > 0 else "")


def _server_version(record: Record) -> str | None:
    """The server's version, where the record is the answer to the question for it."""
    body = record.response.body if record.response is not None and record.response.status == 200 else None
    if record.request.path != "/admin/version" or body is None:
        return None
    return body.json if isinstance(body.json, str) else None

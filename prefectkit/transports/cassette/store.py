"""The file: read whole, written whole, by one writer at a time."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path
from typing import TypeVar

import msgspec

from prefectkit.core.errors import CassetteError, CassetteVersionError
from prefectkit.core.settings.files import read_file
from prefectkit.transports.cassette.records import VERSION, Head, Record

T = TypeVar("T")

_FAULTS = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


MOST = 128 << 20
MOST_LINES = 100_000
"""Bytes and lines that a cassette has at most, so that a hostile one is refused in time."""


class _AnyHead(msgspec.Struct):
    """The one field that every version has."""

    cassette: int


def load(path: Path) -> tuple[Head, list[Record]]:
    """The first line and the records of a cassette.

    Raises:
        CassetteVersionError: A later version wrote it.
        CassetteError: It cannot be read, or is damaged; the message names the line.
    """
    try:
        data = read_file(path, MOST)
    except OSError as error:
        raise CassetteError(f"{path} cannot be read: {error.strerror}") from None
    if data is None:
        raise CassetteError(f"there is no cassette at {path}: record it with mode='once'")
    if data.count(b"\n") > MOST_LINES:
        raise CassetteError(f"{path} has more than {MOST_LINES} lines: record fewer requests in one file")
    lines = [(number, line) for number, line in enumerate(data.split(b"\n"), start=1) if line.strip()]
    if not lines:
        raise CassetteError(f"{path} is empty: not even its first line is there. Delete it and record it anew")
    head = _head(path, lines[0][1])
    records = [_decode(path, number, line, Record) for number, line in lines[1:]]
    if head.records not in (None, len(records)):
        raise CassetteError(
            f"{path}, line {lines[-1][0]}: the file ends after {len(records)} records, and its first line counts "
            f"{head.records}. Record it anew, or correct `records` where you edited it"
        )
    return head, records


def _head(path: Path, line: bytes) -> Head:
    version = _decode(path, 1, line, _AnyHead).cassette
    if version != VERSION:
        raise CassetteVersionError(
            f"{path} is a cassette of version {version}, and this package reads version {VERSION}: "
            "install a later one, or record it anew"
        )
    return _decode(path, 1, line, Head)


def _decode(path: Path, number: int, line: bytes, type_: type[T]) -> T:
    try:
        return msgspec.json.decode(line, type=type_)
    except _FAULTS as error:
        raise CassetteError(f"{path}, line {number} is damaged: {error}. Correct it, or record it anew") from None


def save(path: Path, lines: list[bytes]) -> None:
    """Put the lines in place of the file, all or nothing. Only its owner may read it.

    Raises:
        CassetteError: It could not be written, or not be read again; what was there before still is.
    """
    if len(lines) > MOST_LINES or sum(map(len, lines)) + len(lines) > MOST:
        raise CassetteError(
            f"{path} was not written: a cassette has at most {MOST_LINES} lines and {MOST >> 20} MiB. "
            "Record fewer requests in one file"
        )
    try:
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(b"".join(line + b"\n" for line in lines))
                file.flush()
                os.fsync(file.fileno())
            os.replace(name, path)
        except BaseException:
            os.unlink(name)
            raise
    except OSError as error:
        raise CassetteError(f"{path} cannot be written: {error}") from error


class WriterLock:
    """Keeps other writers out, in this process and in others, by a lock on a file beside the cassette.

    Raises:
        CassetteError: Another writer has it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path.with_name(path.name + ".lock")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            # A link there would have another file made or locked.
            flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
            self._descriptor = os.open(self._path, flags, 0o600)
        except OSError as error:
            if error.errno == errno.ELOOP:
                raise CassetteError(f"{self._path} is a link, and a lock is none: take it away") from None
            raise CassetteError(f"{path} cannot be written: {error}") from error
        try:
            _flock(self._descriptor)
            # Whoever had it before may have unlinked it in the meantime, and a third have made a new one.
            unlinked = not os.path.samestat(os.fstat(self._descriptor), os.stat(self._path))
        except OSError:
            unlinked = True
        if unlinked:
            os.close(self._descriptor)
            raise CassetteError(f"{path} is being recorded by another writer: give each its own file")

    def release(self) -> None:
        """Let the next writer in."""
        self._path.unlink(missing_ok=True)
        os.close(self._descriptor)


def _flock(descriptor: int) -> None:
    try:
        import fcntl  # Windows has none: there, writers are not kept apart
    except ImportError:
        return
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)

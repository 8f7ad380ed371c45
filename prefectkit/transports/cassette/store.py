"""The cassette file: loading, atomic writing, and the lock of its writer."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path
from typing import TypeVar

import msgspec

from prefectkit.core.errors import CassetteError, CassetteVersionError
from prefectkit.core.settings.files import read_file
from prefectkit.transports.cassette.records import VERSION, FileHeader, Record

T = TypeVar("T")

_FAULTS = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


MAX_BYTES = 128 << 20
MAX_LINES = 100_000
"""The most bytes and lines of a cassette, so that a hostile file is rejected early."""


class _AnyVersionHeader(msgspec.Struct):
    """The one field of every version of the format."""

    cassette: int


def load(path: Path) -> tuple[FileHeader, list[Record]]:
    """Read the first line and the records of a cassette.

    Raises:
        CassetteVersionError: The file has a later version of the format.
        CassetteError: The file cannot be read or is damaged; the message names the line.
    """
    try:
        data = read_file(path, MAX_BYTES)
    except OSError as error:
        raise CassetteError(f"{path} cannot be read: {error.strerror}") from None
    if data is None:
        raise CassetteError(f"there is no cassette at {path}: record it with mode='once'")
    if data.count(b"\n") > MAX_LINES:
        raise CassetteError(f"{path} has more than {MAX_LINES} lines: record fewer requests in one file")
    lines = [(number, line) for number, line in enumerate(data.split(b"\n"), start=1) if line.strip()]
    if not lines:
        raise CassetteError(f"{path} is empty. Delete it and record it again")
    header = _header(path, lines[0][1])
    records = [_decode(path, number, line, Record) for number, line in lines[1:]]
    if header.records not in (None, len(records)):
        raise CassetteError(
            f"{path}, line {lines[-1][0]}: the file has {len(records)} records, but its first line declares "
            f"{header.records}. Record it again, or correct `records` if you edited the file"
        )
    return header, records


def _header(path: Path, line: bytes) -> FileHeader:
    version = _decode(path, 1, line, _AnyVersionHeader).cassette
    if version != VERSION:
        raise CassetteVersionError(
            f"{path} is a cassette of version {version}, but this release of prefectkit reads version {VERSION}: "
            "install a later release, or record it again"
        )
    return _decode(path, 1, line, FileHeader)


def _decode(path: Path, number: int, line: bytes, type_: type[T]) -> T:
    try:
        return msgspec.json.decode(line, type=type_)
    except _FAULTS as error:
        raise CassetteError(f"{path}, line {number} is damaged: {error}. Correct it, or record it again") from None


def save(path: Path, lines: list[bytes]) -> None:
    """Replace the file atomically. Only its owner may read it.

    Raises:
        CassetteError: The lines cannot be written, or are too many to be loaded; the file is unchanged.
    """
    if len(lines) > MAX_LINES or sum(map(len, lines)) + len(lines) > MAX_BYTES:
        raise CassetteError(
            f"{path} was not written: a cassette has at most {MAX_LINES} lines and {MAX_BYTES >> 20} MiB. "
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
    """Excludes other writers, in this process and in others, by a lock on a file beside the cassette.

    Raises:
        CassetteError: Another writer holds the lock, or it cannot be made.
    """

    def __init__(self, path: Path) -> None:
        self._path = path.with_name(path.name + ".lock")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            # Through a symbolic link, another file would be created or locked.
            flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
            self._descriptor = os.open(self._path, flags, 0o600)
        except OSError as error:
            if error.errno == errno.ELOOP:
                raise CassetteError(
                    f"{self._path} is a symbolic link, which cannot be a lock file: remove it"
                ) from None
            raise CassetteError(f"{path} cannot be written: {error}") from error
        try:
            _flock(self._descriptor)
            # The last holder may have unlinked this file before it was locked, and another writer have made a new one.
            unlinked = not os.path.samestat(os.fstat(self._descriptor), os.stat(self._path))
        except OSError:
            unlinked = True
        if unlinked:
            os.close(self._descriptor)
            raise CassetteError(f"{path} is being recorded by another writer: give each its own file")

    def release(self) -> None:
        """Release the lock and remove its file."""
        self._path.unlink(missing_ok=True)
        os.close(self._descriptor)


def _flock(descriptor: int) -> None:
    try:
        import fcntl  # Not on Windows: writers do not exclude each other there.
    except ImportError:
        return
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)

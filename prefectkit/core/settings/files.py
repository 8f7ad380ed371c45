"""Reads a file whose content is not trusted: the kind of file, its size and the time to read it are limited."""

from __future__ import annotations

import errno
import os
import select
import stat
import time
from pathlib import Path

_PIECE = 1 << 16
_ABSENT = {errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG}

WAIT = 3.0
"""The maximum seconds to wait for the writer of a pipe."""


def read_file(path: Path, most: int, *, pipe: bool = False) -> bytes | None:
    """The content of a regular file; None if there is no file.

    Args:
        path: The file, or a link to it.
        most: The largest size in bytes.
        pipe: Whether to read named pipes too, as password managers provide them, for at most `WAIT` seconds.

    Raises:
        OSError: It cannot be read, is too large, or is a directory, a device or a loop of links.
    """
    try:
        # Without O_NONBLOCK, opening a pipe waits for its writer.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except ValueError:
        # The path contains a NUL.
        return None
    except OSError as error:
        if error.errno in _ABSENT:
            return None
        raise
    try:
        mode = os.fstat(descriptor).st_mode
        if stat.S_ISREG(mode):
            return _read(descriptor, most)
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if pipe and stat.S_ISFIFO(mode):
            return _read(descriptor, most, until=time.monotonic() + WAIT)
        if os.path.samefile(path, os.devnull):
            return b""
        raise OSError(errno.EINVAL, "it is not a regular file")
    finally:
        os.close(descriptor)


def _read(descriptor: int, most: int, until: float | None = None) -> bytes:
    pieces: list[bytes] = []
    length = 0
    while length <= most:
        if until is not None and not _is_readable(descriptor, until):
            raise TimeoutError(errno.ETIMEDOUT, f"the writer of this pipe did not finish within {WAIT:g} s")
        piece = os.read(descriptor, _PIECE)
        if not piece:
            return b"".join(pieces)
        pieces.append(piece)
        length += len(piece)
    raise OSError(errno.EFBIG, f"it is larger than {most} bytes")


def _is_readable(descriptor: int, until: float) -> bool:
    """Wait until there is something to read or the writer has closed the pipe; False if the time is over."""
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(max(0.0, until - time.monotonic()) * 1000))

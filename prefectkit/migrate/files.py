"""Finds, reads and writes Python files. Unchanged lines keep their bytes."""

from __future__ import annotations

import io
import os
import tempfile
import tokenize
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

SUFFIXES = {".py", ".pyi", ".pyw"}
NOTEBOOK = ".ipynb"
SKIPPED = {"__pycache__", "node_modules", "site-packages"}


class Source(NamedTuple):
    """A Python file.

    Attributes:
        text: Its text, with its line ends.
        encoding: Its encoding; `utf-8-sig` if it begins with a byte order mark.
    """

    text: str
    encoding: str

    @property
    def bare_encoding(self) -> str:
        """Its encoding, without a byte order mark."""
        return self.encoding.removesuffix("-sig")


def find_files(paths: Iterable[Path], on_error: Callable[[OSError], None]) -> Iterator[Path]:
    """The Python files and notebooks at these paths, each once.

    Directories are searched, except links, hidden directories, virtual environments and `node_modules`.

    Args:
        paths: Files and directories. A file may have any name.
        on_error: Called for a directory that cannot be read.
    """
    seen: set[str] = set()
    for path in paths:
        for file in _walk(path, on_error) if path.is_dir() else [path]:
            if (real := os.path.realpath(file)) not in seen:
                seen.add(real)
                yield file


def _walk(directory: Path, on_error: Callable[[OSError], None]) -> Iterator[Path]:
    for root, directories, names in os.walk(directory, onerror=on_error):
        directories[:] = sorted(name for name in directories if not _is_skipped(Path(root, name)))
        for name in sorted(names):
            path = Path(root, name)
            if not name.startswith(".") and path.suffix in {*SUFFIXES, NOTEBOOK} and path.is_file():
                yield path


def _is_skipped(directory: Path) -> bool:
    name = directory.name
    return name.startswith(".") or name in SKIPPED or (directory / "pyvenv.cfg").exists()


def decode(data: bytes) -> Source:
    """The text of a file.

    Args:
        data: Its bytes.

    Raises:
        SyntaxError: Its encoding is unknown, or its bytes are not in it.
    """
    encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SyntaxError(f"byte {data[error.start]:#x} is not {encoding}", (None, line, None, None)) from None
    if text.encode(encoding) != data:
        raise SyntaxError(f"its bytes cannot be kept: {encoding} writes some of them otherwise")
    return Source(text, encoding)


def write(path: Path, source: Source) -> None:
    """Replace a file atomically: a reader sees either the old text or the new one.

    Args:
        path: The file, or a link to it; the link itself is not replaced.
        source: The new text.

    Raises:
        OSError: It cannot be written.
        UnicodeEncodeError: The text has characters that the encoding does not have.
    """
    data = source.text.encode(source.encoding)
    target = Path(os.path.realpath(path))
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with open(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        status = target.stat()
        with suppress(AttributeError, OSError):  # only on Unix, and only root may give files away
            os.chown(temporary, status.st_uid, status.st_gid)
        os.chmod(temporary, status.st_mode & 0o7777)
        os.replace(temporary, target)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise

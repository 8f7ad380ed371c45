"""Which files are read in a directory that anybody may write to."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from prefectkit.core.settings import files
from prefectkit.core.settings.files import read_file

MOST = 1 << 18


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "WAIT", 0.1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "file"


def test_a_file_and_a_link_to_one(path: Path) -> None:
    path.write_bytes(b"x" * MOST)
    link = path.with_name("link")
    link.symlink_to(path)
    assert read_file(path, MOST) == read_file(link, MOST) == b"x" * MOST
    path.write_bytes(b"")
    assert read_file(path, MOST) == b""


@pytest.mark.parametrize("name", ["absent", "absent/file", "file/below", "x" * 5000, "a\0b"])
def test_what_is_not_there(path: Path, name: str) -> None:
    path.write_bytes(b"")
    assert read_file(path.parent / name, MOST) is None


def test_nothing(path: Path) -> None:
    assert read_file(Path(os.devnull), MOST) == b""
    path.symlink_to(os.devnull)
    assert read_file(path, MOST) == b""


def test_one_that_is_too_large(path: Path) -> None:
    path.write_bytes(b"x" * (MOST + 1))
    with pytest.raises(OSError, match=f"larger than {MOST} bytes"):
        read_file(path, MOST)


def test_what_is_no_file(path: Path) -> None:
    with pytest.raises(IsADirectoryError):
        read_file(path.parent, MOST)
    with pytest.raises(OSError, match="not a regular file"):
        read_file(Path("/dev/zero"), MOST)
    path.symlink_to(path)
    with pytest.raises(OSError, match="symbolic links"):
        read_file(path, MOST)


def test_a_pipe_that_nobody_writes(path: Path) -> None:
    os.mkfifo(path)
    with pytest.raises(OSError, match="not a regular file"):
        read_file(path, MOST)
    with pytest.raises(TimeoutError, match=r"within 0\.1 s"):
        read_file(path, MOST, pipe=True)


def test_a_pipe_that_somebody_writes(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "WAIT", 10)
    os.mkfifo(path)
    for size in (3, MOST):
        writer = threading.Thread(target=path.write_bytes, args=(b"x" * size,))
        writer.start()
        assert read_file(path, MOST, pipe=True) == b"x" * size
        writer.join()


def test_a_pipe_whose_writer_stays_or_never_stops(path: Path) -> None:
    os.mkfifo(path)
    # Linux opens a pipe at both ends at once.
    writer = os.open(path, os.O_RDWR)
    try:
        os.write(writer, b"PREFECT_API_URL=")
        with pytest.raises(TimeoutError):
            read_file(path, MOST, pipe=True)
        os.write(writer, b"x" * 100)
        with pytest.raises(OSError, match="larger than 50 bytes"):
            read_file(path, 50, pipe=True)
    finally:
        os.close(writer)

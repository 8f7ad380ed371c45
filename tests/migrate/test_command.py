"""The command: which files it changes, what it prints, and its exit status."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from prefectkit.migrate.__main__ import main

BEFORE = "from prefect.client.orchestration import get_client\n"
AFTER = "from prefectkit.compat import get_client\n"
BOTH = "from prefect import flow, get_client\n"


def write(path: Path, text: str = BEFORE) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_files_are_rewritten_in_place(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    one = write(tmp_path / "one.py")
    two = write(
        tmp_path / "package" / "two.py", "from prefect import flow, get_client\nget_client(manage_lifespan=False)\n"
    )
    other = write(tmp_path / "three.py", "import os\n")
    assert main([str(tmp_path)]) == 0
    assert one.read_text() == AFTER
    assert two.read_text().startswith(f"from prefect import flow\n{AFTER}")
    assert other.read_text() == "import os\n"
    output, errors = capfd.readouterr()
    assert output == ""
    assert errors.splitlines() == [
        f"{two}:1: `prefect.flow` stays with Prefect: it belongs to Prefect's engine",
        f"{two}:3: warning: clients have no `manage_lifespan`: the app starts with the first request",
        "3 files read, 2 changed, 1 need Prefect no more, 1 still need it, 1 warning",
    ]
    assert main([str(tmp_path), "--check"]) == 0


def test_check_writes_nothing(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path / "job.py")
    assert main(["--check", str(path)]) == 1
    assert path.read_text() == BEFORE
    assert "1 would be changed, 1 need Prefect no more" in capfd.readouterr().err


def test_a_diff_writes_nothing(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path / "job.py", f"import os\n{BEFORE.rstrip()}")
    assert main(["--diff", str(path)]) == 0
    assert main(["--diff", "--check", str(path)]) == 1
    assert path.read_text() == f"import os\n{BEFORE.rstrip()}"
    assert capfd.readouterr().out.splitlines()[:9] == [
        f"--- {path}",
        f"+++ {path}",
        "@@ -1,2 +1,2 @@",
        " import os",
        f"-{BEFORE.rstrip()}",
        "\\ No newline at end of file",
        f"+{AFTER.rstrip()}",
        "\\ No newline at end of file",
        f"--- {path}",
    ]


def test_what_cannot_be_parsed_is_left_and_the_others_are_done(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    bad = write(tmp_path / "a.py", f"{BEFORE}\nprint 'prefect'\n")
    good = write(tmp_path / "b.py")
    bytes_ = tmp_path / "c.py"
    bytes_.write_bytes(b"import prefect\n# \xff\n")
    coded = write(tmp_path / "d.py", f"# coding: klingon\n{BEFORE}")
    assert main([str(tmp_path), str(tmp_path / "none.py")]) == 2
    assert bad.read_text() == f"{BEFORE}\nprint 'prefect'\n"
    assert bytes_.read_bytes() == b"import prefect\n# \xff\n"
    assert coded.read_text() == f"# coding: klingon\n{BEFORE}"
    assert good.read_text() == AFTER
    errors = capfd.readouterr().err
    assert f"{bad}:3: left as it is, it cannot be parsed: " in errors
    assert f"{bytes_}:2: left as it is, it cannot be parsed: byte 0xff is not utf-8" in errors
    assert f"{coded}:1: left as it is, it cannot be parsed: unknown encoding: klingon" in errors
    assert f"{tmp_path / 'none.py'}: left as it is: " in errors
    assert "1 changed, 1 need Prefect no more, 0 still need it, 0 warnings, 4 left as they are for an error" in errors


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (BEFORE.encode("utf-8-sig"), AFTER.encode("utf-8-sig")),
        (f"x = 1\r\n{BEFORE}".replace("\n", "\r\n").encode(), None),
        (f"# -*- coding: latin-1 -*-\nx = 'é'\n{BEFORE}".encode("latin-1"), None),
        (f"x = 1\r\ny = '''\r'''\n{BEFORE}z = 2\r{BEFORE}".encode(), None),
        (f"\x0c\n\tif x: pass\n{BEFORE}".lstrip("\x0c\n\t").encode() + b"x  =  [ 1,2 ]   \n\n\n# end", None),
    ],
    ids=["byte order mark", "line ends", "encoding", "mixed line ends", "spaces"],
)
def test_all_other_bytes_stay(tmp_path: Path, before: bytes, after: bytes | None) -> None:
    path = tmp_path / "job.py"
    path.write_bytes(before)
    assert main([str(path)]) == 0
    expected = before.replace(BEFORE.rstrip().encode(), AFTER.rstrip().encode()) if after is None else after
    assert path.read_bytes() == expected


def test_a_split_statement_has_the_line_ends_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "job.py"
    path.write_bytes(b"from prefect import flow, get_client\r\n")
    assert main([str(path)]) == 0
    assert path.read_bytes() == b"from prefect import flow\r\nfrom prefectkit.compat import get_client\r\n"


def test_the_mode_and_links_stay(tmp_path: Path) -> None:
    path = write(tmp_path / "real" / "job.py")
    path.chmod(0o750)
    link = tmp_path / "link.py"
    link.symlink_to(path)
    assert main([str(link)]) == 0
    assert link.is_symlink()
    assert path.read_text() == AFTER
    assert path.stat().st_mode & 0o7777 == 0o750
    assert os.listdir(path.parent) == ["job.py"]


def test_a_file_that_cannot_be_replaced_stays_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    path = write(tmp_path / "job.py")
    monkeypatch.setattr(os, "replace", refuse)
    assert main([str(path)]) == 2
    assert path.read_text() == BEFORE
    assert os.listdir(tmp_path) == ["job.py"]
    assert f"{path}: left as it is: [Errno 13] Permission denied" in capfd.readouterr().err


def test_directories_are_walked_without_those_that_hold_other_code(tmp_path: Path) -> None:
    taken = [write(tmp_path / name) for name in ("a.py", "b/c.pyi", "src/d.pyw")]
    left = [
        write(tmp_path / name)
        for name in (".git/a.py", ".hidden.py", ".venv/a.py", "b/node_modules/a.py", "env/lib/a.py", "notes.txt")
    ]
    write(tmp_path / "env" / "pyvenv.cfg", "")
    (tmp_path / "b" / "loop").symlink_to(tmp_path, target_is_directory=True)
    assert main([str(tmp_path)]) == 0
    assert all(path.read_text() == AFTER for path in taken)
    assert all(path.read_text() == BEFORE for path in left)


def test_a_file_given_by_path_may_have_any_suffix(tmp_path: Path) -> None:
    script = write(tmp_path / ".hidden" / "script", f"#!/usr/bin/env python\n{BEFORE}")
    assert main([str(script), str(script)]) == 0
    assert script.read_text() == f"#!/usr/bin/env python\n{AFTER}"


def test_a_directory_that_cannot_be_read_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def scandir(path: str) -> Iterator[os.DirEntry[str]]:
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", path)
        return real(path)

    real = os.scandir
    good = write(tmp_path / "job.py")
    (tmp_path / "closed").mkdir()
    monkeypatch.setattr(os, "scandir", scandir)
    assert main([str(tmp_path)]) == 2
    assert good.read_text() == AFTER
    assert f"{tmp_path / 'closed'}: not searched: Permission denied" in capfd.readouterr().err


def test_a_line_is_where_it_is_afterwards(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = write(
        tmp_path / "job.py", "x = '\x0c'\nfrom prefect import flow, get_client\n\nget_client(manage_lifespan=False)\n"
    )
    assert main([str(path), "--check"]) == 1
    assert f"{path}:2: `prefect.flow`" in (errors := capfd.readouterr().err)
    assert f"{path}:4: warning" in errors
    assert main([str(path)]) == 0
    assert f"{path}:2: `prefect.flow`" in (errors := capfd.readouterr().err)
    assert f"{path}:5: warning" in errors


def test_notebooks_are_left_alone(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    notebook = write(tmp_path / "report.ipynb", '{"cells": ["import prefect"]}')
    write(tmp_path / "other.ipynb", "{}")
    assert main([str(tmp_path)]) == 0
    assert notebook.read_text() == '{"cells": ["import prefect"]}'
    assert capfd.readouterr().err.splitlines()[0] == f"{notebook}: left alone, it is a notebook"


@pytest.mark.parametrize("deep", [f"{'(' * 5000}1{')' * 5000}", "+".join("1" * 20_000)])
def test_deep_nesting_does_not_crash(tmp_path: Path, deep: str, capfd: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path / "deep.py", f"{BEFORE}x = {deep}\n")
    assert main([str(path)]) == 2
    assert path.read_text() == f"{BEFORE}x = {deep}\n"
    assert f"{path}:" in capfd.readouterr().err


def test_a_long_expression_is_not_deep_nesting(tmp_path: Path) -> None:
    path = write(tmp_path / "long.py", f"{BEFORE}x = {'+'.join('1' * 500)}\n")
    assert main([str(path)]) == 0
    assert path.read_text().startswith(AFTER)


def run(*arguments: str, without: str = "") -> subprocess.CompletedProcess[str]:
    """The command in a process in which a package cannot be imported."""
    code = (
        "import runpy, sys\n"
        f"sys.modules.update(dict.fromkeys({without.split()!r}))\n"
        f"sys.argv[1:] = {list(arguments)!r}\n"
        "runpy.run_module('prefectkit.migrate', run_name='__main__', alter_sys=True)"
    )
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)


def test_without_the_extra_the_error_says_what_to_install(tmp_path: Path) -> None:
    path = write(tmp_path / "job.py")
    result = run(str(path), without="libcst")
    assert (result.returncode, result.stderr) == (
        2,
        "prefectkit.migrate needs libcst: pip install 'prefectkit[migrate]'\n",
    )
    assert path.read_text() == BEFORE


@pytest.mark.slow
def test_it_needs_no_prefect(tmp_path: Path) -> None:
    path = write(tmp_path / "job.py")
    assert run(str(path), without="prefect pydantic").returncode == 0
    assert path.read_text() == AFTER


def test_help_says_what_it_does() -> None:
    result = run("--help", without="libcst")
    assert result.returncode == 0
    for word in ("--check", "--diff", "exit status", "Notebooks are left alone", "prefectkit.compat"):
        assert word in result.stdout

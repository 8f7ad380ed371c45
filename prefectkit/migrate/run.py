"""Rewrites files, and prints what was changed."""

from __future__ import annotations

import difflib
import os
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from prefectkit.migrate.files import NOTEBOOK, Source, decode, find_files, write
from prefectkit.migrate.line_numbers import line_numbers, lines_of
from prefectkit.migrate.migration import Migrated, migrate

NAME = re.compile(rb"\bprefect\b")


@dataclass
class Totals:
    """Counts of files and warnings.

    Attributes:
        read: Files of Python.
        changed: Files that are changed, or would be.
        without_prefect: Files that imported Prefect and no longer need it.
        with_prefect: Files that still need Prefect.
        warnings: Lines whose meaning changes.
        failed: Files that could not be read, parsed or written.
    """

    read: int = 0
    changed: int = 0
    without_prefect: int = 0
    with_prefect: int = 0
    warnings: int = 0
    failed: int = 0


def run(paths: Iterable[Path], *, check: bool, diff: bool) -> int:
    """Rewrite files.

    Args:
        paths: Files and directories.
        check: Write nothing, and return 1 if a file would be changed.
        diff: Write nothing, and print a unified diff.

    Returns:
        The exit status.
    """
    totals = Totals()

    def refuse(error: OSError) -> None:
        _fail(totals, f"{error.filename}: not searched: {error.strerror}")

    for path in find_files(paths, refuse):
        try:
            _migrate_file(path, totals, dry=check or diff, diff=diff)
        except SyntaxError as error:
            _fail(totals, f"{path}:{error.lineno or 1}: left as it is, it cannot be parsed: {error.msg}")
        except (OSError, UnicodeEncodeError) as error:
            _fail(totals, f"{path}: left as it is: {error}")
    _say(_summary(totals, dry=check or diff))
    if totals.failed:
        return 2
    return 1 if check and totals.changed else 0


def _migrate_file(path: Path, totals: Totals, *, dry: bool, diff: bool) -> None:
    data = path.read_bytes()
    if path.suffix == NOTEBOOK:
        if NAME.search(data):
            _say(f"{path}: left alone, it is a notebook")
        return
    totals.read += 1
    if not NAME.search(data):
        return
    source = decode(data)
    migrated = migrate(source.text)
    if migrated.text != source.text:
        if diff:
            _print_diff(path, source, migrated.text)
        if not dry:
            write(path, Source(migrated.text, source.encoding))
        totals.changed += 1
    _report(path, migrated, line_numbers(source.text, source.text if dry else migrated.text))
    totals.warnings += len(migrated.warnings)
    totals.with_prefect += migrated.needs_prefect
    totals.without_prefect += migrated.used_prefect and not migrated.needs_prefect


def _report(path: Path, migrated: Migrated, numbers: list[int]) -> None:
    lines = [(line, f"`{name}` stays with Prefect: {why}") for line, name, why in migrated.retained]
    lines += [(line, f"warning: {text}") for line, text in migrated.warnings]
    for line, text in sorted(lines):
        _say(f"{path}:{numbers[min(line, len(numbers)) - 1]}: {text}")


def _print_diff(path: Path, source: Source, after: str) -> None:
    """Print the bytes that differ, in the encoding of the file and with its line ends."""
    name = os.fsencode(path)
    before, changed = ([line.encode(source.bare_encoding) for line in lines_of(text)] for text in (source.text, after))
    for line in difflib.diff_bytes(difflib.unified_diff, before, changed, name, name):
        sys.stdout.buffer.write(line if line.endswith((b"\n", b"\r")) else line + b"\n\\ No newline at end of file\n")
    sys.stdout.flush()


def _summary(totals: Totals, *, dry: bool) -> str:
    parts = [
        f"{totals.read} {'file' if totals.read == 1 else 'files'} read",
        f"{totals.changed} {'would be changed' if dry else 'changed'}",
        f"{totals.without_prefect} need Prefect no more",
        f"{totals.with_prefect} still need it",
        f"{totals.warnings} {'warning' if totals.warnings == 1 else 'warnings'}",
    ]
    if totals.failed:
        parts.append(f"{totals.failed} left as they are for an error")
    return ", ".join(parts)


def _fail(totals: Totals, text: str) -> None:
    totals.failed += 1
    _say(text)


def _say(text: str) -> None:
    print(text, file=sys.stderr)

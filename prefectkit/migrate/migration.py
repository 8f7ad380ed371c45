"""Rewrites the source of one module."""

from __future__ import annotations

import ast
import sys
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from typing import NamedTuple

import libcst as cst
from libcst.metadata import MetadataWrapper

from prefectkit.migrate.differences import Differences
from prefectkit.migrate.engine_uses import EngineUses
from prefectkit.migrate.plan import plan
from prefectkit.migrate.references import References
from prefectkit.migrate.rewrite import Rewrite

DEPTH = 20_000


class Migrated(NamedTuple):
    """What became of a module.

    Attributes:
        text: The new source.
        kept: What stays with Prefect: a line of the old source, the path, the reason.
        warnings: A line of the old source, and what is different there.
        used_prefect: Whether it imported Prefect when it ran.
        needs_prefect: Whether it still does.
    """

    text: str
    kept: list[tuple[int, str, str]]
    warnings: list[tuple[int, str]]
    used_prefect: bool
    needs_prefect: bool


def migrate(text: str) -> Migrated:
    """Rewrite the source of a module.

    Args:
        text: The source.

    Raises:
        SyntaxError: It is no Python.
    """
    _check(text)
    with _deep_recursion():
        return _migrate(text)


def _migrate(text: str) -> Migrated:
    wrapper = MetadataWrapper(cst.parse_module(text))
    references = References()
    wrapper.visit(references)
    bindings = list(references.bindings.values())
    uses = EngineUses(references.paths)
    wrapper.module.visit(uses)
    decided = plan(bindings, references.stars, uses.kept, loads=uses.loads_prefect)
    differences = Differences(references.paths, decided)
    wrapper.visit(differences)
    changed = wrapper.module.visit(Rewrite(decided)).code
    if changed != text:
        _check(changed)
    runs = [each.runs for each in bindings] + [each.runs for each in references.stars]
    return Migrated(
        text=changed,
        kept=decided.kept,
        warnings=differences.found,
        used_prefect=uses.loads_prefect or any(runs),
        needs_prefect=decided.needs_prefect,
    )


def _check(text: str) -> None:
    """Raise a SyntaxError for what is no Python. What Python refuses as too deep may crash the parser of libcst."""
    with warnings.catch_warnings(action="ignore"):
        try:
            ast.parse(text)
        except (MemoryError, RecursionError):
            raise SyntaxError("it is nested too deeply") from None
        except ValueError as error:
            raise SyntaxError(str(error)) from None


@contextmanager
def _deep_recursion() -> Generator[None]:
    """libcst calls itself several times for each level of an expression."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, DEPTH))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)

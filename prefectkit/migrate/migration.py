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
    """The result of a migration of one module.

    Attributes:
        text: The new source.
        retained: Imports that stay with Prefect: the line of the old source, the path, the reason.
        warnings: Differences: the line of the old source, and the text.
        used_prefect: Whether it imported Prefect when it ran.
        needs_prefect: Whether it still does.
    """

    text: str
    retained: list[tuple[int, str, str]]
    warnings: list[tuple[int, str]]
    used_prefect: bool
    needs_prefect: bool


def migrate(text: str) -> Migrated:
    """Rewrite the source of a module.

    Args:
        text: The source.

    Raises:
        SyntaxError: It is not valid Python.
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
    changes = plan(bindings, references.stars, uses.retained, loads=uses.loads_prefect)
    differences = Differences(references.paths, changes)
    wrapper.visit(differences)
    changed = wrapper.module.visit(Rewrite(changes)).code
    if changed != text:
        _check(changed)
    runs = [binding.runs for binding in bindings] + [star.runs for star in references.stars]
    return Migrated(
        text=changed,
        retained=changes.retained,
        warnings=differences.found,
        used_prefect=uses.loads_prefect or any(runs),
        needs_prefect=changes.needs_prefect,
    )


def _check(text: str) -> None:
    """Raise a SyntaxError if the text is not valid Python, or so deeply nested that libcst's parser could crash."""
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

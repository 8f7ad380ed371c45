"""Decides how each import from Prefect is changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import libcst as cst

from prefectkit.migrate.imports import Binding, Dotted, Star, Use
from prefectkit.migrate.targets import ROOT, Target, find, is_exchanged, is_module, reason

STAYS_FOR_ENGINE = "the file needs Prefect anyway, whose own works with both"


@dataclass(eq=False)
class Change:
    """The change of one name of an import statement.

    Attributes:
        target: The counterpart to import instead; None if the import stays or is removed.
        modules: Further modules to import, for uses that are replaced by a full path.
        stays: Whether the import stays.
    """

    target: Target | None = None
    modules: list[str] = field(default_factory=list[str])
    stays: bool = False


@dataclass(eq=False)
class Plan:
    """The changes of a module.

    Attributes:
        changes: The change of each imported name.
        expressions: The replacement of each changed expression.
        retained: Imports that stay with Prefect: the line, the path, the reason.
        needs_prefect: Whether the changed module still imports Prefect when it runs.
    """

    changes: dict[cst.ImportAlias, Change] = field(default_factory=dict[cst.ImportAlias, Change])
    expressions: dict[cst.CSTNode, str] = field(default_factory=dict[cst.CSTNode, str])
    retained: list[tuple[int, str, str]] = field(default_factory=list[tuple[int, str, str]])
    needs_prefect: bool = False


def plan(
    bindings: Iterable[Binding], stars: Iterable[Star], retained: Mapping[str, str], *, loads: bool = False
) -> Plan:
    """Decide how the imports of a module are changed.

    Args:
        bindings: Its imports.
        stars: Its imports of `*`.
        retained: Paths that stay with Prefect, with the reason.
        loads: Whether it loads Prefect without an import statement.
    """
    bindings, stars = list(bindings), list(stars)
    without_engine = _Planner(retained, with_engine=False).decide(bindings, stars)
    if not (without_engine.needs_prefect or loads):
        return without_engine
    with_engine = _Planner(retained, with_engine=True).decide(bindings, stars)
    with_engine.needs_prefect = True
    return with_engine


class _Planner:
    """Makes the plan of a module, with or without the assumption that it needs Prefect's engine."""

    def __init__(self, retained: Mapping[str, str], *, with_engine: bool) -> None:
        self._retained = retained
        self._with_engine = with_engine
        self._plan = Plan()

    def decide(self, bindings: list[Binding], stars: list[Star]) -> Plan:
        for star in stars:
            self._retain(star.line, f"{star.module}.*", "an import of everything does not say what it imports", star)
        for binding in bindings:
            self._plan.changes[binding.alias] = self._module(binding) if binding.is_module else self._name(binding)
        self._plan.retained.sort()
        return self._plan

    def _retain(self, line: int, path: str, why: str, importing: Binding | Star) -> None:
        if (path, why) not in [item[1:] for item in self._plan.retained]:
            self._plan.retained.append((line, path, why))
        self._plan.needs_prefect |= importing.runs

    def _find(self, path: str) -> Target | str:
        """The counterpart of a path, or the reason why it stays with Prefect."""
        if path in self._retained:
            return self._retained[path]
        if self._with_engine and is_exchanged(path) and find(path):
            return STAYS_FOR_ENGINE
        return find(path) or reason(path)

    def _name(self, binding: Binding) -> Change:
        found = self._find(binding.path)
        if isinstance(found, Target):
            return Change(found)
        self._retain(binding.line, binding.path, found, binding)
        return Change(stays=True)

    def _module(self, binding: Binding) -> Change:
        renames = self._in_place(binding)
        target = find(binding.path)
        if target is not None and renames is not None:
            self._plan.expressions |= renames
            return Change(target)
        stays = self._unresolved(binding)
        if stays:
            for line, path, why in stays:
                self._retain(line, path, why, binding)
            if binding.is_ambiguous:
                return Change(stays=True)
        modules: list[str] = []
        for use in binding.uses:
            found = self._find_use(use)
            if isinstance(found, Target):
                self._plan.expressions[use.node] = found.path
                if use.owner is binding:
                    modules.append(found.module)
        return Change(modules=sorted(set(modules)), stays=bool(stays))

    def _in_place(self, binding: Binding) -> dict[cst.CSTNode, str] | None:
        """The names to change if one module of prefectkit replaces the module; None if none can."""
        replacement = find(binding.path)
        if binding.binds_root or replacement is None:
            return None
        renamed: dict[cst.CSTNode, str] = {}
        for use in binding.uses:
            found = self._find_use(use)
            if not isinstance(found, Target) or found.module != replacement.path:
                return None
            if found.name != use.path.rpartition(".")[2]:
                if binding.is_ambiguous:
                    return None
                renamed[use.node] = f"{_before_the_name(use.node)}.{found.name}"
        return renamed

    def _find_use(self, use: Use) -> Target | str:
        if use.path == ROOT or is_module(use.path):
            return "the module itself is used as an object"
        if not use.is_loaded:
            return "it is assigned to or deleted"
        return self._find(use.path)

    def _unresolved(self, binding: Binding) -> list[tuple[int, str, str]]:
        if not binding.uses:
            return [(binding.line, binding.path, "no use of it was found")]
        if binding.is_ambiguous:
            return [(binding.line, binding.path, f"`{binding.name}` is bound to something else as well")]
        found = [(use, self._find_use(use)) for use in binding.uses]
        return [(use.line, use.path, why) for use, why in found if isinstance(why, str) and not isinstance(why, Target)]


def _before_the_name(node: Dotted) -> str:
    return cst.Module([]).code_for_node(cst.ensure_type(node, cst.Attribute).value)

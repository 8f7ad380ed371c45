"""Decides what each import of Prefect becomes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import libcst as cst

from prefectkit.migrate.imports import Binding, Dotted, Star, Use
from prefectkit.migrate.targets import ROOT, Target, crosses, find, is_module, reason

STAYS_FOR_ENGINE = "the file needs Prefect anyway, whose own works with both"


@dataclass(eq=False)
class Change:
    """What becomes of one name of an import statement.

    Attributes:
        target: Where it is imported from instead; None where the import stays or is dropped.
        modules: Modules to import besides, since its uses are written out.
        stays: Whether the import stays.
    """

    target: Target | None = None
    modules: list[str] = field(default_factory=list[str])
    stays: bool = False


@dataclass(eq=False)
class Plan:
    """What is done to a module.

    Attributes:
        changes: What becomes of each imported name.
        expressions: What replaces an expression.
        kept: What stays with Prefect: a line, the path, the reason.
        needs_prefect: Whether the module imports Prefect when it runs, even so.
    """

    changes: dict[cst.ImportAlias, Change] = field(default_factory=dict[cst.ImportAlias, Change])
    expressions: dict[cst.CSTNode, str] = field(default_factory=dict[cst.CSTNode, str])
    kept: list[tuple[int, str, str]] = field(default_factory=list[tuple[int, str, str]])
    needs_prefect: bool = False


def plan(bindings: Iterable[Binding], stars: Iterable[Star], kept: Mapping[str, str], *, loads: bool = False) -> Plan:
    """Decide what becomes of the imports of a module.

    Args:
        bindings: What it imports.
        stars: Its imports of everything from a module.
        kept: Paths that stay with Prefect, and why.
        loads: Whether it loads Prefect by other means than import statements.
    """
    bindings, stars = list(bindings), list(stars)
    first = _Planner(kept, with_engine=False).decide(bindings, stars)
    if not (first.needs_prefect or loads):
        return first
    with_engine = _Planner(kept, with_engine=True).decide(bindings, stars)
    with_engine.needs_prefect = True
    return with_engine


class _Planner:
    """Decides for a module that needs Prefect's engine, or for one that does not."""

    def __init__(self, kept: Mapping[str, str], *, with_engine: bool) -> None:
        self._kept = kept
        self._with_engine = with_engine
        self._plan = Plan()

    def decide(self, bindings: list[Binding], stars: list[Star]) -> Plan:
        for star in stars:
            self._keep(star.line, f"{star.module}.*", "an import of everything does not say what it imports", star)
        for binding in bindings:
            self._plan.changes[binding.alias] = self._module(binding) if binding.is_module else self._name(binding)
        self._plan.kept.sort()
        return self._plan

    def _keep(self, line: int, path: str, why: str, importing: Binding | Star) -> None:
        if (path, why) not in [each[1:] for each in self._plan.kept]:
            self._plan.kept.append((line, path, why))
        self._plan.needs_prefect |= importing.runs

    def _found(self, path: str) -> Target | str:
        """Where it is found here, or why it stays."""
        if path in self._kept:
            return self._kept[path]
        if self._with_engine and crosses(path) and find(path):
            return STAYS_FOR_ENGINE
        return find(path) or reason(path)

    def _name(self, binding: Binding) -> Change:
        found = self._found(binding.path)
        if isinstance(found, Target):
            return Change(found)
        self._keep(binding.line, binding.path, found, binding)
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
                self._keep(line, path, why, binding)
            if binding.is_ambiguous:
                return Change(stays=True)
        modules: list[str] = []
        for use in binding.uses:
            found = self._found_use(use)
            if isinstance(found, Target):
                self._plan.expressions[use.node] = found.path
                if use.owner is binding:
                    modules.append(found.module)
        return Change(modules=sorted(set(modules)), stays=bool(stays))

    def _in_place(self, binding: Binding) -> dict[cst.CSTNode, str] | None:
        """The names to change if a module takes the place of the module; None if it cannot."""
        own = find(binding.path)
        if binding.binds_root or own is None:
            return None
        renamed: dict[cst.CSTNode, str] = {}
        for use in binding.uses:
            found = self._found_use(use)
            if not isinstance(found, Target) or found.module != own.path:
                return None
            if found.name != use.path.rpartition(".")[2]:
                if binding.is_ambiguous:
                    return None
                renamed[use.node] = f"{_before_the_name(use.node)}.{found.name}"
        return renamed

    def _found_use(self, use: Use) -> Target | str:
        if use.path == ROOT or is_module(use.path):
            return "the module itself is used as an object"
        if not use.is_loaded:
            return "it is assigned to or deleted"
        return self._found(use.path)

    def _unresolved(self, binding: Binding) -> list[tuple[int, str, str]]:
        if not binding.uses:
            return [(binding.line, binding.path, "no use of it was found")]
        if binding.is_ambiguous:
            return [(binding.line, binding.path, f"`{binding.name}` is bound to something else as well")]
        found = [(use, self._found_use(use)) for use in binding.uses]
        return [(use.line, use.path, why) for use, why in found if isinstance(why, str) and not isinstance(why, Target)]


def _before_the_name(node: Dotted) -> str:
    return cst.Module([]).code_for_node(cst.ensure_type(node, cst.Attribute).value)

"""Finds the imports from Prefect in a module, and the uses of the imported names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import cast

import libcst as cst
import libcst.matchers as m
from libcst.helpers import get_full_name_for_node
from libcst.metadata import (
    CodeRange,
    ExpressionContext,
    ExpressionContextProvider,
    ImportAssignment,
    PositionProvider,
    ScopeProvider,
)

from prefectkit.migrate.imports import Binding, Dotted, Star, Use
from prefectkit.migrate.targets import ROOT, is_module


class References(cst.CSTVisitor):
    """Finds the imports from Prefect in a module, and the uses of the imported names.

    Attributes:
        bindings: The names that its import statements bind.
        stars: Its imports of `*`.
        paths: The path in Prefect of each expression that has one.
    """

    METADATA_DEPENDENCIES = (ExpressionContextProvider, PositionProvider, ScopeProvider)

    def __init__(self) -> None:
        super().__init__()
        self.bindings: dict[cst.ImportAlias, Binding] = {}
        self.stars: list[Star] = []
        self.paths: dict[cst.CSTNode, str] = {}
        self._by_statement: dict[cst.CSTNode, list[Binding]] = {}
        self._names: set[str] = set()
        self._exported: set[str] = set()

    def line_of(self, node: cst.CSTNode) -> int:
        """The line on which a node begins."""
        return cast(CodeRange, self.get_metadata(PositionProvider, node)).start.line

    def visit_Module(self, node: cst.Module) -> None:
        # Imports are collected before uses: a function may use an import further down.
        node.visit(_Imports(self))

    def leave_Module(self, original_node: cst.Module) -> None:
        for binding in self.bindings.values():
            if binding.is_module and binding.name in self._exported:
                binding.uses.append(Use(cst.Name(binding.name), binding.base, binding.line, True, [binding]))

    def visit_Import(self, node: cst.Import) -> bool:
        return False

    def visit_ImportFrom(self, node: cst.ImportFrom) -> bool:
        return False

    def visit_Assign(self, node: cst.Assign) -> None:
        if any(get_full_name_for_node(assigned.target) == "__all__" for assigned in node.targets):
            self._exported |= set(_texts(node.value))

    def visit_Annotation(self, node: cst.Annotation) -> None:
        for text in m.findall(node, m.SimpleString()):
            words = str(cst.ensure_type(text, cst.SimpleString).evaluated_value)
            for binding in self.bindings.values():
                if binding.is_module and re.search(rf"\b{binding.name}\.", words):
                    binding.uses.append(Use(cst.Name(binding.name), binding.base, self.line_of(text), True, [binding]))

    def visit_Name(self, node: cst.Name) -> None:
        self._note([node])

    def visit_Attribute(self, node: cst.Attribute) -> bool:
        chain: list[Dotted] = [node]
        while isinstance(chain[0], cst.Attribute):
            value = chain[0].value
            if not isinstance(value, (cst.Name, cst.Attribute)):
                value.visit(self)
                return False
            chain.insert(0, value)
        self._note(chain)
        return False

    def _note(self, chain: Sequence[Dotted]) -> None:
        root = chain[0]
        # Names of keywords and attributes have no context. An assignment to the name is not a use of the import.
        context = self.get_metadata(ExpressionContextProvider, root, None)
        if not isinstance(root, cst.Name) or context in (None, ExpressionContext.STORE):
            return
        bindings = self._bound_to(root)
        for base in dict.fromkeys(binding.base for binding in bindings):
            self.paths[root] = base
            modules = [binding for binding in bindings if binding.base == base and binding.is_module]
            if not modules:
                continue
            node, path = _up_to_name(chain, base)
            self.paths[node] = path
            is_loaded = self.get_metadata(ExpressionContextProvider, node, None) is ExpressionContext.LOAD
            use = Use(node, path, self.line_of(node), is_loaded, modules)
            for binding in modules:
                binding.uses.append(use)

    def _bound_to(self, name: cst.Name) -> list[Binding]:
        """The imports that may bind a name at the place of its use."""
        if name.value not in self._names:
            return []
        scope = self.get_metadata(ScopeProvider, name, None)
        assignments = list(scope[name.value]) if scope is not None else []
        found: dict[Binding, None] = {}
        has_other_assignments = False
        for assignment in assignments:
            node = assignment.node if isinstance(assignment, ImportAssignment) else None
            bindings = self._by_statement.get(node, ()) if node else ()
            same_name = [binding for binding in bindings if binding.name == name.value]
            found |= dict.fromkeys(same_name)
            has_other_assignments |= not same_name
        if has_other_assignments or len({binding.base for binding in found}) > 1:
            for binding in found:
                binding.is_ambiguous = True
        return list(found)

    def add(self, statement: cst.Import | cst.ImportFrom, runs: bool) -> None:
        """Add the names that an import statement binds.

        Args:
            statement: The statement.
            runs: Whether it is executed when the program runs.
        """
        line = self.line_of(statement)
        module = _module_of(statement)
        if isinstance(statement.names, cst.ImportStar):
            if _is_of_prefect(module):
                self.stars.append(Star(module, line, runs))
            return
        for alias in statement.names:
            path = f"{module}.{alias.evaluated_name}" if isinstance(statement, cst.ImportFrom) else alias.evaluated_name
            if _is_of_prefect(path):
                binding = self.bindings[alias] = Binding(alias, statement, path, self.line_of(alias), runs)
                self._by_statement.setdefault(statement, []).append(binding)
                self._names.add(binding.name)


class _Imports(cst.CSTVisitor):
    """Finds the import statements, and whether they are executed when the program runs."""

    def __init__(self, references: References) -> None:
        super().__init__()
        self._references = references
        self._runs = True

    def visit_If(self, node: cst.If) -> bool:
        if (get_full_name_for_node(node.test) or "").rpartition(".")[2] != "TYPE_CHECKING":
            return True
        self._visit_unless_run(node.body)
        if node.orelse is not None:
            node.orelse.visit(self)
        return False

    def visit_Try(self, node: cst.Try) -> bool:
        known = len(self._references.bindings)
        node.body.visit(self)
        has_imports = len(self._references.bindings) > known
        for handler in node.handlers:
            if has_imports and m.findall(handler, m.Name("ImportError") | m.Name("ModuleNotFoundError")):
                self._visit_unless_run(handler.body)
            else:
                handler.body.visit(self)
        for block in (node.orelse, node.finalbody):
            if block is not None:
                block.visit(self)
        return False

    def _visit_unless_run(self, block: cst.BaseSuite) -> None:
        before, self._runs = self._runs, False
        block.visit(self)
        self._runs = before

    def visit_Import(self, node: cst.Import) -> None:
        self._references.add(node, self._runs)

    def visit_ImportFrom(self, node: cst.ImportFrom) -> None:
        if not node.relative:
            self._references.add(node, self._runs)


def _module_of(statement: cst.Import | cst.ImportFrom) -> str:
    if isinstance(statement, cst.Import) or statement.module is None:
        return ""
    return get_full_name_for_node(statement.module) or ""


def _is_of_prefect(path: str) -> bool:
    return path == ROOT or path.startswith(f"{ROOT}.")


def _up_to_name(chain: Sequence[Dotted], base: str) -> tuple[Dotted, str]:
    """The expression up to the first name that is not a module, and its path; all of it if every part is a module."""
    node, path = chain[0], base
    for part in chain[1:]:
        if not (path == ROOT or is_module(path)):
            break
        node, path = part, f"{path}.{cst.ensure_type(part, cst.Attribute).attr.value}"
    return node, path


def _texts(node: cst.BaseExpression) -> Iterator[str]:
    if isinstance(node, (cst.List, cst.Tuple, cst.Set)):
        for element in node.elements:
            if isinstance(element.value, cst.SimpleString):
                yield str(element.value.evaluated_value)

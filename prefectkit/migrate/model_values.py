"""Finds the expressions of a program whose values are models, as far as its source shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

import libcst as cst

from prefectkit.migrate.targets import find

# These methods return responses of httpx.
RESPONSES = {
    *("api_healthcheck", "hello", "increment_concurrency_slots", "increment_v1_concurrency_slots", "request"),
    *("decrement_v1_concurrency_slots", "release_concurrency_slots"),
}


def names_of_models(module: cst.Module, paths: Mapping[cst.CSTNode, str]) -> set[str]:
    """The names that are assigned a model, from a client's method or a call of its class.

    Args:
        module: The program.
        paths: The path in Prefect of each expression that has one.
    """
    names: set[str] = set()
    size = -1
    # A name may be assigned from another name whose assignment is further down.
    while size != len(names):
        size = len(names)
        module.visit(_Models(paths, names))
    return names


class _Models(cst.CSTVisitor):
    """Collects the names that are assigned a model."""

    def __init__(self, paths: Mapping[cst.CSTNode, str], names: set[str]) -> None:
        super().__init__()
        self._paths = paths
        self._names = names

    def _assign(self, targets: Iterable[cst.BaseExpression], value: cst.BaseExpression | None) -> None:
        if value is not None and is_model(value, self._paths, self._names):
            self._names |= {target.value for target in targets if isinstance(target, cst.Name)}

    def visit_Assign(self, node: cst.Assign) -> None:
        self._assign([assigned.target for assigned in node.targets], node.value)

    def visit_AnnAssign(self, node: cst.AnnAssign) -> None:
        self._assign([node.target], node.value)

    def visit_NamedExpr(self, node: cst.NamedExpr) -> None:
        self._assign([node.target], node.value)

    def visit_For(self, node: cst.For) -> None:
        self._assign([node.target], node.iter)

    def visit_CompFor(self, node: cst.CompFor) -> None:
        self._assign([node.target], node.iter)


def is_model(node: cst.BaseExpression, paths: Mapping[cst.CSTNode, str], names: set[str]) -> bool:
    """Whether the value of an expression is a model, or a list of models.

    Args:
        node: The expression.
        paths: The path in Prefect of each expression that has one.
        names: Names that are known to have such values.
    """
    match node:
        case cst.Await(expression=value) | cst.Subscript(value=value):
            return is_model(value, paths, names)
        case cst.Name(value=name):
            return name in names
        case cst.Attribute(value=value, attr=cst.Name(value="state")):
            return is_model(value, paths, names)
        case cst.Call(func=cst.Attribute(attr=cst.Name(value=name))) if name in _flat_methods():
            return True
        case cst.Call(func=function):
            target = find(paths.get(function, ""))
            return target is not None and target.module.startswith("prefectkit.models")
        case _:
            return False


@cache
def _flat_methods() -> frozenset[str]:
    """The methods of a client that return models."""
    from prefectkit.compat import PrefectClient

    return frozenset(name for name in dir(PrefectClient) if name[0] != "_") - RESPONSES

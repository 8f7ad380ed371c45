"""Finds the lines of a program that behave differently after the migration, as listed in `docs/migrating.md`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import cast

import libcst as cst
from libcst.helpers import get_full_name_for_node
from libcst.metadata import CodeRange, PositionProvider

from prefectkit.migrate.engine_uses import loaded_module
from prefectkit.migrate.model_values import is_model, names_of_models
from prefectkit.migrate.plan import Plan
from prefectkit.migrate.targets import find, is_module

STATES = re.compile(r"prefect\.(states\.[A-Z]\w+|State|client\.schemas\.(objects\.State|actions\.StateCreate|State))")
OF_MODELS = {
    "model_fields": "models are msgspec Structs and have no `model_fields`",
    "model_json_schema": "models are msgspec Structs and have no `model_json_schema()`",
    "model_construct": "models are msgspec Structs and have no `model_construct()`: nothing is validated anyway",
    "result": "`State.result()` loads a result only while Prefect is loaded",
}
OF_TIMES = {"add", "diff", "diff_for_humans", "in_timezone", "in_tz", "subtract", "to_iso8601_string"}
RAW = {"aclose", "base_url", "close", "delete", "get", "headers", "patch", "post", "put", "request"}
HELPERS = {f"prefectkit.compat.{name}" for name in ("artifacts", "flow_runs", "variables")}
CALLS = {
    (None, "manage_lifespan"): "clients have no `manage_lifespan`: the app starts with the first request",
    ("create_work_pool", "overwrite"): "`overwrite` changes what is given, and sets no other field back",
    ("read_flows", "work_queue_filter"): "the API ignores `work_queue_filter` here, and this client warns of it",
    ("read_block_documents", "block_schema_type"): "the API ignores `block_schema_type`, and this client warns of it",
}


class Differences(cst.CSTVisitor):
    """Finds the lines that behave differently.

    Args:
        paths: The path in Prefect of each expression that has one.
        plan: The changes of the imports.

    Attributes:
        found: Each line with a description of the difference.
    """

    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self, paths: Mapping[cst.CSTNode, str], plan: Plan) -> None:
        super().__init__()
        self.found: list[tuple[int, str]] = []
        self._paths = paths
        self._retained = {path for _, path, _ in plan.retained}
        self._models: set[str] = set()

    def visit_Module(self, node: cst.Module) -> None:
        self._models = names_of_models(node, self._paths)

    def leave_Module(self, original_node: cst.Module) -> None:
        self.found = sorted(set(self.found))

    def _warn(self, node: cst.CSTNode, text: str) -> None:
        position = cast(CodeRange, self.get_metadata(PositionProvider, node))
        self.found.append((position.start.line, text))

    def visit_Return(self, node: cst.Return) -> None:
        if node.value is not None:
            for value in _parts(node.value):
                path = self._paths.get(value.func, "") if isinstance(value, cst.Call) else ""
                if not STATES.fullmatch(path):
                    continue
                name = path.rpartition(".")[2]
                if path in self._retained:
                    self._warn(node, f"`{name}` is returned: it stays, since flows return Prefect's own states")
                else:
                    self._warn(node, f"`{name}` is returned: a flow or task refuses one that was made outside of a run")

    def visit_Call(self, node: cst.Call) -> None:
        name = (get_full_name_for_node(node.func) or "").rpartition(".")[2]
        if name in ("isinstance", "issubclass") and len(node.args) == 2:
            for class_ in _parts(node.args[1].value):
                if path := self._paths.get(class_):
                    self._isinstance(node, path)
        if (text := loaded_module(node)) is not None and is_module(str(text.evaluated_value)):
            self._named(text)
        keywords = {argument.keyword.value for argument in node.args if argument.keyword is not None}
        for (called, keyword), difference in CALLS.items():
            if keyword in keywords and called in (None, name):
                self._warn(node, difference)
        if name.startswith("model_dump") and "exclude_unset" in keywords and isinstance(node.func, cst.Attribute):
            if self._is_model(node.func.value):
                self._warn(node, "a dump with `exclude_unset` includes what the server left out, with its defaults")
        target = find(self._paths.get(node.func, ""))
        if target is not None and target.module in HELPERS and "client" in keywords:
            self._warn(node, "`client` must be of the kind that is called: blocking in a blocking call, else async")

    def visit_SimpleString(self, node: cst.SimpleString) -> None:
        text = node.evaluated_value
        if isinstance(text, str) and text.startswith("prefect.") and not is_module(text):
            self._named(node)

    def visit_Attribute(self, node: cst.Attribute) -> None:
        name = node.attr.value
        if name in OF_MODELS and (self._is_model(node.value) or self._is_model_class(node.value)):
            self._warn(node, OF_MODELS[name])
        if name in OF_TIMES and isinstance(node.value, cst.Attribute) and self._is_model(node.value.value):
            self._warn(node, f"times are datetimes of Python, which have no `{name}`: pendulum.instance(...) has it")
        if isinstance(node.value, cst.Attribute) and node.value.attr.value == "within":
            self._warn(node, "the `within` of a trigger is a number of seconds")
        if isinstance(node.value, cst.Attribute) and node.value.attr.value == "_client" and name not in RAW:
            self._warn(node, f"`client._client` is no client of httpx: it may have no `{name}`")

    def visit_ClassDef(self, node: cst.ClassDef) -> None:
        for base in node.bases:
            path = self._paths.get(base.value, "")
            if self._is_model_class(base.value) and path not in self._retained:
                name = path.rpartition(".")[2]
                self._warn(node, f"`{name}` is a msgspec Struct: a class derived from it has no validators")

    def visit_Comparison(self, node: cst.Comparison) -> None:
        operands = [node.left, *(comparison.comparator for comparison in node.comparisons)]
        if all(self._is_model(operand) and not isinstance(operand, cst.Attribute) for operand in operands):
            self._warn(node, "two models are equal if all their fields are, `id` and `created` included")

    def _isinstance(self, node: cst.CSTNode, path: str) -> None:
        name = path.rpartition(".")[2]
        target = find(path)
        # With Prefect's own class, `isinstance` is true for the objects of this client.
        if target is not None and path not in self._retained and not STATES.fullmatch(path):
            self._warn(node, f"isinstance: `{name}` is prefectkit's class, and false for Prefect's own objects")

    def _named(self, node: cst.SimpleString) -> None:
        text = str(node.evaluated_value)
        if target := find(text):
            self._warn(node, f"the text {text!r} names Prefect's own: here it is {target.path!r}")

    def _is_model_class(self, node: cst.BaseExpression) -> bool:
        target = find(self._paths.get(node, ""))
        return target is not None and target.module.startswith("prefectkit.models")

    def _is_model(self, node: cst.BaseExpression) -> bool:
        return is_model(node, self._paths, self._models)


def _parts(node: cst.BaseExpression) -> Iterable[cst.BaseExpression]:
    """The elements of a tuple or list, the operands of `a | b`, the branches of `a if b else c`, or the expression."""
    match node:
        case cst.Tuple(elements=elements) | cst.List(elements=elements):
            return [part for element in elements for part in _parts(element.value)]
        case cst.BinaryOperation(left=left, right=right) | cst.IfExp(body=left, orelse=right):
            return [*_parts(left), *_parts(right)]
        case _:
            return [node]

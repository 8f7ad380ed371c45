"""Responses generated from the OpenAPI document of the installed server."""

from __future__ import annotations

import inspect
import typing
from functools import cache
from importlib import import_module
from random import Random
from typing import Any, NamedTuple, get_args, get_origin
from uuid import UUID

import prefectkit
from prefectkit.core.errors import InvalidParameterError
from prefectkit.core.operation import Operation
from tests.openapi import document

DEPTH = 6
"""Beyond it, what may be empty is: some schemas hold themselves."""

UNDOCUMENTED: dict[str, dict[str, Any]] = {
    "flow_runs.inputs.read": {"type": "string"},
    "ready": {"type": "object", "properties": {"message": {"type": "string"}}, "required": ["message"]},
    "ui.dashboard_task_run_counts": {
        "type": "array",
        "items": {"type": "object", "properties": {key: {"type": "integer"} for key in ("completed", "failed")}},
    },
}
"""What the document leaves open, or gets wrong."""


class DescribedResponse(NamedTuple):
    """An operation, and the type of its response."""

    operation: Operation
    type: Any
    schema: dict[str, Any]

    @property
    def name(self) -> str:
        return self.operation.name


def return_type(operation: Operation) -> Any:
    """What the method of an operation returns."""
    module, _, qualified = operation.declared.partition(":")
    class_name, _, name = qualified.partition(".")
    function = inspect.unwrap(vars(getattr(import_module(module), class_name))[name].function)
    return typing.get_type_hints(function)["return"]


@cache
def everything() -> list[DescribedResponse]:
    """Every operation of the server, but for those that hand their response over in chunks."""
    found: list[DescribedResponse] = []
    for operation in prefectkit.operations().values():
        type_ = return_type(operation)
        responses = _documented(operation).get("responses")
        if responses is not None and "AsyncIterator" not in str(type_):
            found.append(DescribedResponse(operation, type_, _schema(operation, type_, responses)))
    return found


def unsendable(error: InvalidParameterError) -> bool:
    """Whether a value that was read cannot be sent, as the server takes neither such times nor such integers."""
    return "after the year 9999 in UTC" in str(error) or "2**63" in str(error)


def with_content() -> list[DescribedResponse]:
    """Those whose response has a body."""
    return [case for case in everything() if case.type is not type(None)]


def _documented(operation: Operation) -> dict[str, Any]:
    """What the document says of an operation; nothing where the server has none of it."""
    return document()["paths"].get(operation.path.text.replace(":uuid", ""), {}).get(operation.method.lower(), {})


def _schema(operation: Operation, type_: Any, responses: dict[str, Any]) -> dict[str, Any]:
    if type_ is type(None) or operation.name in UNDOCUMENTED:
        return UNDOCUMENTED.get(operation.name, {})
    (success,) = [each for status, each in responses.items() if status.startswith("2")]
    schema = success["content"]["application/json"]["schema"]
    if get_origin(type_) is dict and get_args(type_)[0] is UUID:
        return schema | {"propertyNames": {"type": "string", "format": "uuid"}}
    return schema


class Maker:
    """Makes values of a schema at random.

    Args:
        random: Decides.
        full: With every property and no null; else some properties are left out and some are null.
        extra: A property that every object of a known kind gets in addition.
        enum: A value that stands for each of a closed list.
    """

    def __init__(
        self,
        random: Random,
        *,
        full: bool = False,
        extra: tuple[str, Any] | None = None,
        enum: str | None = None,
    ) -> None:
        self.random = random
        self.full = full
        self.extra = extra
        self.enum = enum
        self.schemas = document()["components"]["schemas"]

    def make(self, schema: dict[str, Any], depth: int = 0) -> Any:
        if "$ref" in schema:
            return self.make(self.schemas[schema["$ref"].rpartition("/")[2]], depth)
        if options := schema.get("anyOf") or schema.get("oneOf"):
            # Under Python 3.13 the schema lets an interval be any text, which the server neither takes nor gives.
            options = options[:1] if schema.get("title") == "Interval" else options
            return self.make(self._choice(options, depth), depth)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return self.random.choice(schema["enum"]) if self.enum is None else self.enum
        return self._typed(schema, depth + 1)

    def _choice(self, options: list[dict[str, Any]], depth: int) -> dict[str, Any]:
        values = [option for option in options if option != {"type": "null"}]
        if len(values) < len(options) and (depth > DEPTH or (not self.full and self.random.random() < 0.4)):
            return {"type": "null"}
        return self.random.choice(values)

    def _typed(self, schema: dict[str, Any], depth: int) -> Any:
        match schema.get("type"):
            case "object" if "properties" in schema:
                return self._object(schema, depth)
            case "object":
                inner = schema.get("additionalProperties")
                keys = self._some(["a", "b", "snake_case", "ü ☃"], depth)
                if "propertyNames" in schema:
                    keys = [self.make(schema["propertyNames"], depth) for _ in keys]
                return {key: self.make(inner if isinstance(inner, dict) else {}, depth) for key in keys}
            case "array" if "prefixItems" in schema:
                return [self.make(each, depth) for each in schema["prefixItems"]]
            case "array":
                values = [self.make(schema.get("items", {}), depth) for _ in self._some([1, 2, 3], depth)]
                return list(dict.fromkeys(values)) if schema.get("uniqueItems") else values
            case "string":
                return self._text(schema)
            case "integer":
                return self.random.choice([0, 1, 3, 2**31, 2**53 + 1])
            case "number":
                return self.random.choice([0.0, 1.0, 1.5, 90, 1e-6, 86400.25])
            case "boolean":
                return self.random.random() < 0.5
            case "null":
                return None
            case _:
                return self.random.choice([None, 1, "text", [1, {"a": None}], {"a": 1.5, "type": "b"}, 2**70, True])

    def _object(self, schema: dict[str, Any], depth: int) -> dict[str, Any]:
        needed = schema.get("required", ())
        value = {
            name: self.make(each, depth)
            for name, each in schema["properties"].items()
            if self.full or name in needed or self.random.random() < 0.7
        }
        return value if self.extra is None else value | dict([self.extra])

    def _some(self, candidates: list[Any], depth: int) -> list[Any]:
        if depth > DEPTH:
            return []
        return candidates[: self.random.randint(int(self.full), len(candidates))]

    def _text(self, schema: dict[str, Any]) -> str:
        match schema.get("format"):
            case "uuid":
                return str(UUID(int=self.random.getrandbits(128)))
            case "date-time":
                return self.random.choice(MOMENTS)
            case "duration":
                return self.random.choice(["PT0S", "PT90S", "P1DT2H0.5S", "-PT5S"])
            case _:
                return self.random.choice(["", "text", "a/b c", 'q"\\\n', "ünï ☃ 🚀", "2024-01-01T00:00:00", "null"])


MOMENTS = [
    "2026-02-28T23:59:59.123456Z",
    "2026-02-28T23:59:59Z",
    "2026-02-28T23:59:59.123+01:00",
    "1970-01-01T00:00:00-11:30",
    "2026-02-28T23:59:59.000001+00:00",
]

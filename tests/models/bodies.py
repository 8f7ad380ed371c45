"""The Struct that an operation takes, and the schema that the installed server has for it."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import Any, get_args

import msgspec

import prefectkit
from prefectkit.core.operation import Operation
from tests.openapi import document

# The method makes it of a state and a flag.
MADE_BY_METHODS = {"SetState": ["flow_runs.set_state", "task_runs.set_state"]}


@cache
def bodies() -> dict[str, list[str]]:
    """The schemas of the routes that take a Struct, by its name."""
    operations = dict(prefectkit.operations())
    found: dict[str, list[str]] = {}
    for struct, names in MADE_BY_METHODS.items():
        found[struct] = [schema for name in names for schema in _schemas(operations.pop(name))]
    for operation in operations.values():
        for struct in _taken(operation):
            found.setdefault(struct, []).extend(_schemas(operation))
    return {struct: list(dict.fromkeys(schemas)) for struct, schemas in found.items() if schemas}


def _taken(operation: Operation) -> Iterator[str]:
    """The Structs among the arguments of the `async def` as it is written."""
    module, _, qualified = operation.declared.partition(":")
    class_name, _, name = qualified.partition(".")
    function = inspect.unwrap(vars(getattr(import_module(module), class_name))[name].function)
    for argument, hint in typing.get_type_hints(function).items():
        if argument != "return":
            yield from _structs(hint)


def _structs(hint: Any) -> Iterator[str]:
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        yield hint.__name__
    for inner in get_args(hint):
        yield from _structs(inner)


def _schemas(operation: Operation) -> list[str]:
    route = document()["paths"].get(operation.path.text.replace(":uuid", ""), {}).get(operation.method.lower(), {})
    contents = route.get("requestBody", {}).get("content", {}).values()
    return [name for content in contents for name in _referred(content["schema"])]


def _referred(schema: dict[str, Any]) -> Iterator[str]:
    if "$ref" in schema:
        yield schema["$ref"].rpartition("/")[2]
    for inner in [*schema.get("anyOf", []), *([schema["items"]] if "items" in schema else [])]:
        yield from _referred(inner)

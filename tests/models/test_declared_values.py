"""No field of a request refuses a kind of value that the installed server's schema has."""

from __future__ import annotations

import inspect
import pkgutil
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import msgspec
import pytest

import prefectkit.models
from prefectkit.core.serialization.declared import declared
from tests.models.bodies import bodies
from tests.openapi import document

KINDS = {
    "string": "text",
    "integer": "number",
    "number": "number",
    "boolean": "bool",
    "array": "list",
    "object": "dict",
    "null": "null",
}


def structs() -> dict[str, type[msgspec.Struct]]:
    modules = [
        import_module(each.name) for each in pkgutil.walk_packages(prefectkit.models.__path__, "prefectkit.models.")
    ]
    members = [each for module in modules for each in vars(module).values()]
    return {each.__name__: each for each in members if inspect.isclass(each) and issubclass(each, msgspec.Struct)}


STRUCTS = structs()
SCHEMAS: dict[str, Any] = document()["components"]["schemas"]
PAIRS = sorted(
    {(name, schema) for name, schemas in bodies().items() for schema in schemas if name in STRUCTS}
    | {(name, name) for name in STRUCTS if name in SCHEMAS}
)


def kinds(schema: dict[str, Any]) -> Iterator[str]:
    if "$ref" in schema:
        yield from kinds(SCHEMAS[schema["$ref"].rpartition("/")[2]])
    for each in (*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())):
        yield from kinds(each)
    if "type" in schema:
        yield KINDS[schema["type"]]


@pytest.mark.parametrize(("name", "schema"), PAIRS, ids="-".join)
def test_every_kind_of_value_in_the_schema_is_taken(name: str, schema: str) -> None:
    fields = {field.encode_name: field.type for field in msgspec.structs.fields(STRUCTS[name])}
    for key, wanted in SCHEMAS[schema].get("properties", {}).items():
        if key in fields and (taken := declared(fields[key])) is not None:
            assert set(kinds(wanted)) <= set(taken.kinds), key


def test_there_are_schemas() -> None:
    assert len(PAIRS) > 200

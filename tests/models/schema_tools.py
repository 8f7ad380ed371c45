"""Helpers that read the schemas of the OpenAPI document."""

from __future__ import annotations

import types
from collections.abc import Iterator
from typing import Annotated, Any, Union, get_args, get_origin

import msgspec


def union(annotation: Any) -> set[Any]:
    """The members of a union, or the one type that is none."""
    if get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    if get_origin(annotation) in (Union, types.UnionType):
        return set(get_args(annotation))
    return {annotation}


def hints(struct: type[msgspec.Struct]) -> dict[str, Any]:
    return {field.name: field.type for field in msgspec.structs.fields(struct)}


def sent(struct: type[msgspec.Struct]) -> set[str]:
    """The fields that go over the wire: the shortcuts of a selection become criteria of its filter."""
    return set(struct.__struct_fields__) - getattr(struct, "shortcuts", frozenset[str]())


def required(struct: type[msgspec.Struct]) -> set[str]:
    return {field.name for field in msgspec.structs.fields(struct) if field.required}


def merged(schemas: dict[str, Any], names: list[str]) -> dict[str, Any]:
    """The properties of several schemas as one."""
    return {key: value for name in names for key, value in schemas[name].get("properties", {}).items()}


def nullable(schema: dict[str, Any]) -> bool:
    options = schema.get("anyOf", [schema])
    return any(option.get("type") == "null" or not option.keys() - {"title", "description"} for option in options)


def references(schemas: dict[str, Any], node: Any) -> Iterator[str]:
    """The names of all the schemas that a part of the document needs, each with its own."""
    seen: set[str] = set()
    stack = [node]
    while stack:
        current = stack.pop()
        if isinstance(current, list):
            stack += current
        elif isinstance(current, dict):
            stack += current.values()
            if isinstance(reference := current.get("$ref"), str):
                name = reference.rpartition("/")[2]
                if name not in seen:
                    seen.add(name)
                    stack.append(schemas[name])
                    yield name


def example(schemas: dict[str, Any], schema: dict[str, Any], *, nulls: bool) -> Any:
    """A value of the schema with every property; null wherever that is allowed, or nowhere."""
    if "$ref" in schema:
        return example(schemas, schemas[schema["$ref"].rpartition("/")[2]], nulls=nulls)
    if "anyOf" in schema or "oneOf" in schema:
        options = schema.get("anyOf") or schema["oneOf"]
        if nulls and {"type": "null"} in options:
            return None
        return example(schemas, options[0], nulls=nulls)
    if "const" in schema or "enum" in schema:
        return schema["const"] if "const" in schema else schema["enum"][0]
    match schema.get("type"):
        case "object":
            if "properties" not in schema:
                inner = schema.get("additionalProperties")
                key = example(schemas, {"type": "string"} | schema.get("propertyNames", {}), nulls=nulls)
                return {key: example(schemas, inner, nulls=nulls) if isinstance(inner, dict) else "value"}
            return {name: example(schemas, each, nulls=nulls) for name, each in schema["properties"].items()}
        case "array" if "prefixItems" in schema:
            return [example(schemas, each, nulls=nulls) for each in schema["prefixItems"]]
        case "array":
            return [example(schemas, schema["items"], nulls=nulls)]
        case "string":
            formats = {
                "uuid": "0198b5c4-9d2b-7f3e-8b1a-2c3d4e5f6a7b",
                "date-time": "2026-02-28T23:59:59.123456+01:00",
                "duration": "PT90S",
            }
            return formats.get(schema.get("format", ""), "text")
        case "integer":
            return 3
        case "number":
            return 1.5
        case "boolean":
            return True
        case _:
            return {"any": ["JSON", 1, None]}

"""The routes and fields in a server's own OpenAPI document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.models.schema_tools import example
from tests.openapi import document


class Served:
    """The API of one server, as it describes itself."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._schemas: dict[str, Any] = document["components"]["schemas"]
        self._operations = {
            f"{method.upper()} {path}": described
            for path, methods in document["paths"].items()
            for method, described in methods.items()
        }

    @classmethod
    def installed(cls) -> Served:
        """What the installed server says."""
        return cls(document())

    def __contains__(self, operation: str) -> bool:
        """Whether there is such a route: `POST /flows/filter`."""
        return operation in self._operations

    def responses(self, operation: str) -> Iterator[Any]:
        """A good response of a route with every field, and one with null where that may be; none if not described."""
        for status, described in self._operations[operation]["responses"].items():
            schema = described.get("content", {}).get("application/json", {}).get("schema")
            if status.startswith("2") and schema:
                yield from (example(self._schemas, schema, nulls=nulls) for nulls in (False, True))

    def takes(self, operation: str, place: list[Any]) -> bool:
        """Whether a route takes the field that a refusal places so: `["body", "flows", "id", "any_"]`."""
        body = self._operations[operation].get("requestBody", {}).get("content", {})
        schemas = [content["schema"] for content in body.values()]
        *way, field = [step for step in place[1:] if isinstance(step, str)]
        for step in way:
            # What names no field is the name of a union's member.
            inner = [each["properties"][step] for each in self._objects(schemas) if step in each["properties"]]
            schemas = inner or schemas
        return any(field in each["properties"] for each in self._objects(schemas))

    def _objects(self, schemas: list[Any]) -> Iterator[dict[str, Any]]:
        """The schemas with fields that these stand for: through references, choices and lists."""
        for schema in schemas:
            if "$ref" in schema:
                yield from self._objects([self._schemas[schema["$ref"].rpartition("/")[2]]])
            elif "properties" in schema:
                yield schema
            else:
                choices = [each for word in ("anyOf", "oneOf", "allOf") for each in schema.get(word, [])]
                yield from self._objects([*choices, *([schema["items"]] if "items" in schema else [])])

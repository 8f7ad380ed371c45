"""Every operation of the installed server has a method, and every method an operation, field by field."""

from __future__ import annotations

import inspect
import re
import typing
from importlib import import_module
from operator import attrgetter
from typing import Any, get_args
from uuid import UUID

import msgspec
import pytest

import prefectkit
from prefectkit import Prefect
from prefectkit.core.endpoint import Method
from prefectkit.core.errors import InvalidParameterError
from prefectkit.core.operation import Operation
from prefectkit.core.retries.policy import RetrySafety
from prefectkit.models.base import JSON
from prefectkit.models.filter_shortcuts import FilterShortcuts
from tests.fakes import FakeTransport
from tests.models.schema_tools import union
from tests.report import Capture, say
from tests.versions import is_absent

OPERATIONS = prefectkit.operations()
OURS = {str(it): it for it in OPERATIONS.values() if not it.cloud and not is_absent(it.name)}

READ_BY_POST = re.compile(
    r"/(filter|count|paginate|history|lateness|validate|get_runs|get_scheduled_flow_runs|concurrency_status)$"
    r"|/count-by/|^/ui/"
)

CLOUD_FIELDS = {
    "deployments.create": {"base", "branch", "root"},
    "logs.create": {"worker_id"},
    "work_pools.workers.heartbeat": {"metadata", "return_id"},
}
"""What only Prefect Cloud takes."""

SIMPLE = {"boolean": bool, "integer": int, "number": float, "string": str}


@pytest.fixture(scope="module")
def served(openapi: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The server's operations, by method and path."""
    return {
        f"{method.upper()} {path}": {"parameters": []} | described
        for path, item in openapi["paths"].items()
        for method, described in item.items()
    }


def owner_of(operation: Operation) -> Any:
    """The class that declares an operation."""
    module, _, qualified = operation.declared.partition(":")
    return getattr(import_module(module), qualified.partition(".")[0])


def function_of(operation: Operation) -> Any:
    """The `async def` behind an operation, with the signature that a caller sees."""
    method = vars(owner_of(operation))[operation.name.rpartition(".")[2]]
    assert isinstance(method, Method) and method.operation is operation
    return method.function


def arguments(operation: Operation) -> dict[str, inspect.Parameter]:
    """What a caller can give, but for the path's own: these stand first."""
    parameters = list(inspect.signature(function_of(operation)).parameters.values())[1:]
    return {each.name: each for each in parameters[len(operation.path.parameters) :]}


def counted(capsys: Capture, what: str, wrong: dict[str, Any], number: int) -> None:
    say(capsys, f"{what}: {number - len(wrong)}/{number}")
    assert not wrong


def test_every_operation_has_a_method(served: dict[str, Any], capsys: Capture) -> None:
    counted(
        capsys, "operations with a method", {each: served[each] for each in served.keys() - OURS.keys()}, len(served)
    )


def test_every_method_has_an_operation(served: dict[str, Any], capsys: Capture) -> None:
    counted(capsys, "methods with an operation", {each: OURS[each] for each in OURS.keys() - served.keys()}, len(OURS))


def test_only_cloud_operations_are_marked_so(served: dict[str, Any]) -> None:
    cloud = {name: str(each) for name, each in OPERATIONS.items() if each.cloud}
    assert cloud.keys() == {"deployments.create_branch", "slas.apply"}
    assert not served.keys() & set(cloud.values())


def test_names_are_those_of_the_methods() -> None:
    names = [operation.name for operation in OPERATIONS.values()]
    assert names == sorted(OPERATIONS) and len(set(names)) == len(names)
    declared = [operation.declared for operation in OPERATIONS.values()]
    assert len(set(declared)) == len(declared)
    for operation in OPERATIONS.values():
        function = function_of(operation)
        assert inspect.iscoroutinefunction(function) or "AsyncIterator" in str(inspect.signature(function))
        assert function.__name__ == operation.name.rpartition(".")[2]


def test_a_client_has_every_method_where_its_name_says() -> None:
    with Prefect("http://prefect.test/api", transport=FakeTransport()) as client:
        for name, operation in OPERATIONS.items():
            bound = attrgetter(name)(client)
            assert inspect.unwrap(bound).__qualname__ == operation.declared.partition(":")[2]


def test_paged_operations_have_an_iterator() -> None:
    """Beside every `list` that takes an offset is an `iterate` that takes the same."""
    paged = [it for it in OPERATIONS.values() if it.name.endswith(".list") and "offset" in arguments(it)]
    assert len(paged) > 15
    for operation in paged:
        owner = owner_of(operation)
        assert inspect.signature(owner.iterate).parameters.keys() == inspect.signature(owner.list).parameters.keys()


def test_docstrings_name_their_operations() -> None:
    assert [name for name, each in OPERATIONS.items() if f"`{each}`" not in function_of(each).__doc__] == []


def test_what_reads_is_declared_to_read() -> None:
    for name, operation in OPERATIONS.items():
        assert isinstance(operation.retry_safety, RetrySafety)
        reads = operation.method == "GET" or bool(READ_BY_POST.search(operation.path.text))
        assert (operation.retry_safety is RetrySafety.READ) == reads, name


def test_path_parameters(served: dict[str, Any], capsys: Capture) -> None:
    wrong: dict[str, Any] = {}
    for key, operation in OURS.items():
        known = {each["name"]: each["schema"] for each in served[key]["parameters"] if each["in"] == "path"}
        ours = {name: "uuid" if wants_uuid(operation, name) else None for name in operation.path.parameters}
        if ours != {name: schema.get("format") for name, schema in known.items()}:
            wrong[key] = ours, known
    counted(capsys, "path parameters as the server has them", wrong, len(OURS))


def wants_uuid(operation: Operation, name: str) -> bool:
    values = dict.fromkeys(operation.path.parameters, str(UUID(int=1)))
    try:
        return not operation.path.render(values | {name: "text"})
    except InvalidParameterError:
        return True


def test_everything_that_the_server_takes_can_be_sent(
    served: dict[str, Any], schemas: dict[str, Any], capsys: Capture
) -> None:
    wrong: dict[str, Any] = {}
    for key, operation in OURS.items():
        taken = {each["name"].replace("-", "_") for each in served[key]["parameters"] if each["in"] == "query"}
        fields = body_fields(served[key], schemas)
        ours = sendable(operation, fields)
        if missing := (taken | (fields or set())) - ours:
            wrong[key] = "missing", missing
        elif extra := ours - taken - (fields if fields is not None else ours) - CLOUD_FIELDS.get(operation.name, set()):
            wrong[key] = "unknown", extra
    counted(capsys, "operations whose every parameter can be sent", wrong, len(OURS))


def body_fields(described: dict[str, Any], schemas: dict[str, Any]) -> set[str] | None:
    """The fields of the object, or of the objects in the list, that the server takes; None for any other body."""
    if "requestBody" not in described:
        return set()
    (content,) = described["requestBody"]["content"].values()
    schema = content["schema"].get("items", content["schema"])
    return set(schemas[schema["$ref"].rpartition("/")[2]]["properties"]) if "$ref" in schema else None


def sendable(operation: Operation, fields: set[str] | None) -> set[str]:
    """What a caller can give: keywords, or the fields of the Structs in a list."""
    given = arguments(operation)
    whole = [name for name, each in given.items() if each.kind is not each.KEYWORD_ONLY]
    if fields and len(given) == len(whole) == 1:
        (element,) = get_args(typing.get_type_hints(function_of(operation))[whole[0]])
        return {each.encode_name for each in msgspec.structs.fields(element)}
    return set(given) - shortcuts(operation)


def shortcuts(operation: Operation) -> frozenset[str]:
    """The keywords of a list that are sent as criteria of a filter."""
    body = list(typing.get_type_hints(inspect.unwrap(function_of(operation))).values())
    return next(
        (each.shortcuts for each in body if isinstance(each, type) and issubclass(each, FilterShortcuts)), frozenset()
    )


def test_responses_have_every_field(served: dict[str, Any], schemas: dict[str, Any], capsys: Capture) -> None:
    wrong: dict[str, Any] = {}
    for key, operation in OURS.items():
        responses = [each for status, each in served[key]["responses"].items() if status.startswith("2")]
        schema = responses[0].get("content", {}).get("application/json", {}).get("schema", {})
        hint = typing.get_type_hints(function_of(operation))["return"]
        if lacks := lacking(schema, hint, schemas):
            wrong[key] = lacks
    counted(capsys, "responses with every field", wrong, len(OURS))


def lacking(schema: dict[str, Any], hint: Any, schemas: dict[str, Any]) -> str:
    """What of a response a type cannot hold."""
    if not schema.keys() - {"title"}:
        return ""
    options = [each for each in schema.get("anyOf", [schema]) if each != {"type": "null"}]
    kinds = [each for each in union(hint) if each is not type(None)]
    if len(options) != 1 or len(kinds) != 1 or (options != [schema] and type(None) not in union(hint)):
        return f"{hint} for {schema}"
    (schema,), (kind,) = options, kinds
    if "$ref" in schema:
        schema = schemas[schema["$ref"].rpartition("/")[2]]
    if kind == JSON:
        return "" if schema["type"] == "object" else f"{kind} for {schema}"
    match schema["type"]:
        case "array":
            return lacking(schema["items"], get_args(kind)[0], schemas)
        case "object" if "properties" in schema:
            missing = schema["properties"].keys() - {each.encode_name for each in msgspec.structs.fields(kind)}
            return f"{kind} has no {missing}" if missing else ""
        case "object" if not get_args(kind):
            return ""  # A Struct, of which the document does not name the fields.
        case "object":
            return lacking(schema["additionalProperties"], get_args(kind)[1], schemas)
        case simple:
            return "" if kind is SIMPLE[simple] else f"{kind} for {simple}"

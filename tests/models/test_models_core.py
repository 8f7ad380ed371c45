"""Flows, runs, deployments, schedules, states and logs say what the installed server says."""

from __future__ import annotations

from enum import Enum
from typing import Any

import msgspec
import pytest

from prefectkit import models
from prefectkit.models import Body, Model, OpenEnum, filters
from prefectkit.models.base import Query
from tests.models.bodies import bodies
from tests.models.schema_tools import example, hints, merged, nullable, references, required, sent, union
from tests.versions import members

MODULES = {
    "common",
    "deployment_schedules",
    "deployments",
    "flow_run_inputs",
    "flow_runs",
    "flows",
    "graphs",
    "history",
    "logs",
    "orchestration",
    "run_policies",
    "schedules",
    "states",
    "task_runs",
}
FILTERS = {"criteria", "deployments", "flow_runs", "flows", "logs", "task_runs", "work_pools"}

RENAMED = {
    "FlowRun": ["FlowRunResponse"],
    "TaskRun": ["TaskRun", "TaskRunResponse"],
    "Deployment": ["DeploymentResponse"],
    "IntervalSchedule": ["IntervalSchedule-Input", "IntervalSchedule-Output"],
}
ON_CLOUD = {
    "Deployment": {"version_id", "version_info", "branch", "base", "root"},
    "DeploymentCreate": {"branch", "base", "root"},
    "LogCreate": {"worker_id"},
}
# Only of the official client: see `test_official_objects`.
OF_THE_CLIENT = {"ConcurrencyLimitConfig"}
OF_OTHER_ROUTES = {
    "HTTPValidationError",
    "ValidationError",
    "WorkQueue",
    "QueueFilter",
    "GlobalConcurrencyLimitResponse",
}
PREFIXES = tuple(
    f"/{group}/"
    for group in ("flows", "flow_runs", "task_runs", "deployments", "logs", "flow_run_states", "task_run_states")
)


def _classes(package: Any, modules: set[str]) -> dict[str, Any]:
    inside = {f"{package.__name__}.{module}" for module in modules}
    found = {name: getattr(package, name) for name in package.__all__ if name not in OF_THE_CLIENT}
    return {name: each for name, each in found.items() if isinstance(each, type) and each.__module__ in inside}


CLASSES = _classes(models, MODULES) | _classes(filters, FILTERS)
STRUCTS = {name: each for name, each in CLASSES.items() if issubclass(each, msgspec.Struct)}
REQUESTS = {name: each for name, each in STRUCTS.items() if issubclass(each, Body)}
RESPONSES = {name: each for name, each in STRUCTS.items() if issubclass(each, Model)}
ENUMS = {name: each for name, each in CLASSES.items() if issubclass(each, Enum)}


def schemas_of(name: str) -> list[str]:
    return RENAMED.get(name) or bodies().get(name) or [name]


@pytest.mark.parametrize("name", STRUCTS)
def test_a_model_has_the_fields_of_its_schema(name: str, schemas: dict[str, Any]) -> None:
    ours = sent(STRUCTS[name])
    assert ours == set(merged(schemas, schemas_of(name))) | ON_CLOUD.get(name, set())


def test_every_schema_of_the_routes_has_a_model(openapi: dict[str, Any], schemas: dict[str, Any]) -> None:
    routes = [route for path, route in openapi["paths"].items() if path.startswith(PREFIXES)]
    assert len(routes) > 40
    ours = {schema for name in CLASSES for schema in schemas_of(name)}
    assert set(references(schemas, routes)) - ours == OF_OTHER_ROUTES


@pytest.mark.parametrize("name", [name for name in REQUESTS if len(schemas_of(name)) > 1])
def test_a_body_that_several_routes_share(name: str, schemas: dict[str, Any]) -> None:
    for schema in schemas_of(name):
        assert set(schemas[schema]["properties"]) == sent(STRUCTS[name])


@pytest.mark.parametrize("name", REQUESTS)
def test_a_request_asks_for_what_the_server_asks_for(name: str, schemas: dict[str, Any]) -> None:
    for schema in schemas_of(name):
        assert required(REQUESTS[name]) == set(schemas[schema].get("required", ()))


@pytest.mark.parametrize("name", REQUESTS)
def test_a_request_takes_none_only_where_the_server_takes_null(name: str, schemas: dict[str, Any]) -> None:
    properties = merged(schemas, schemas_of(name))
    for field, annotation in hints(REQUESTS[name]).items():
        members = union(annotation)
        # A query does not send None.
        if type(None) in members and field in properties and not issubclass(REQUESTS[name], Query):
            assert nullable(properties[field]), field
        if field not in required(REQUESTS[name]) and Any not in members:
            assert msgspec.UnsetType in members, field


@pytest.mark.parametrize("name", REQUESTS)
def test_a_filter_or_update_that_says_nothing_sends_nothing(name: str) -> None:
    if not required(REQUESTS[name]):
        assert msgspec.json.encode(REQUESTS[name]()) == b"{}"


@pytest.mark.parametrize("name", REQUESTS)
def test_a_misspelt_field_is_a_type_error(name: str) -> None:
    with pytest.raises(TypeError, match="unexpected keyword argument 'misspelt'"):
        REQUESTS[name](misspelt=1)


@pytest.mark.parametrize("name", STRUCTS)
def test_fields_are_given_by_name_only(name: str) -> None:
    with pytest.raises(TypeError, match="positional"):
        STRUCTS[name](1)


@pytest.mark.parametrize("name", ENUMS)
def test_an_enum_has_the_values_of_its_schema(name: str, schemas: dict[str, Any]) -> None:
    unnamed = schemas["FlowRunCreateResult"]["properties"]["status"]
    schema = unnamed if name == "FlowRunCreateStatus" else schemas[name]
    assert {member.value for member in members(ENUMS[name])} == set(schema["enum"])


@pytest.mark.parametrize("name", ENUMS)
def test_an_enum_keeps_a_value_of_a_newer_server(name: str) -> None:
    assert issubclass(ENUMS[name], OpenEnum)
    value = msgspec.json.decode(b'"FROM_TOMORROW"', type=ENUMS[name])
    assert isinstance(value, ENUMS[name]) and value == value.value == "FROM_TOMORROW"
    assert str(value) == f"{value}" == f"{name}.FROM_TOMORROW"
    assert msgspec.json.encode(value) == b'"FROM_TOMORROW"'


@pytest.mark.parametrize("nulls", [False, True])
@pytest.mark.parametrize("name", RESPONSES)
def test_a_response_is_read_and_every_field_kept(name: str, nulls: bool, schemas: dict[str, Any]) -> None:
    for schema in schemas_of(name):
        sent = example(schemas, schemas[schema], nulls=nulls)
        read = _decode(sent, RESPONSES[name])
        for field in sent:
            assert (getattr(read, field) is None) == (sent[field] is None), field
        again = _decode(msgspec.to_builtins(read), RESPONSES[name])
        assert again == read


@pytest.mark.parametrize("name", RESPONSES)
def test_a_response_of_an_older_or_newer_server_is_read(name: str, schemas: dict[str, Any]) -> None:
    full = example(schemas, {"properties": merged(schemas, schemas_of(name)), "type": "object"}, nulls=False)
    least = {field: full[field] for field in required(RESPONSES[name])}
    assert _decode(least | {"field_of_tomorrow": 1}, RESPONSES[name])
    assert len(least) <= 5


def _decode(value: Any, struct: type[Any]) -> Any:
    return msgspec.json.decode(msgspec.json.encode(value), type=struct, strict=False)

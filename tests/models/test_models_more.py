"""Artifacts, automations, blocks, events, variables, work pools and the rest say what the installed server says."""

from __future__ import annotations

import importlib
import inspect
from enum import Enum
from typing import Any

import msgspec
import pytest

from prefectkit.models.base import Body, Model, OpenEnum, Query
from prefectkit.models.flow_runs import FlowRun
from tests.models import test_models_core
from tests.models.bodies import bodies
from tests.models.schema_tools import example, hints, merged, nullable, references, required, sent, union

MODULES = (
    "actions",
    "admin",
    "artifacts",
    "automations",
    "block_documents",
    "block_schemas",
    "block_types",
    "concurrency_limits",
    "events",
    "global_concurrency_limits",
    "saved_searches",
    "task_workers",
    "triggers",
    "ui",
    "variables",
    "work_pools",
    "work_queues",
    "workers",
    "filters.artifacts",
    "filters.automations",
    "filters.blocks",
    "filters.events",
    "filters.variables",
    "filters.workers",
)

RENAMED = {
    "WorkPool": ["WorkPoolResponse"],
    "WorkQueue": ["WorkQueueResponse", "WorkQueue"],
    "Worker": ["WorkerResponse"],
    "RunDeployment": ["RunDeployment-Input", "RunDeployment-Output"],
    "EventTrigger": ["EventTrigger-Input", "EventTrigger-Output"],
    "CompoundTrigger": ["CompoundTrigger-Input", "CompoundTrigger-Output"],
    "SequenceTrigger": ["SequenceTrigger-Input", "SequenceTrigger-Output"],
}
# Only of the official client, or only on Cloud.
MORE_FIELDS = {"Automation": {"owner_resource"}, "WorkerHeartbeat": {"metadata", "return_id"}}
# What several models have in common: no schema has their name.
BASES = {
    "Action",
    "AutomationAction",
    "CompositeTrigger",
    "DeploymentAction",
    "ResourceTrigger",
    "Trigger",
    "WorkPoolAction",
    "WorkQueueAction",
}
# The schema does not say which fields it has.
OPEN = {"TaskRunCount"}
ENUMS_WITHOUT_SCHEMA = {"Posture"}
# Only of the official client and of Cloud: see `test_official_objects`.
OF_THE_CLIENT = {
    "Integration",
    "MetricTrigger",
    "MetricTriggerOperator",
    "MetricTriggerQuery",
    "PrefectMetric",
    "RelatedResource",
    "Resource",
    "WorkerMetadata",
}
# Plain dicts here; and the errors of the server, which are no models.
WITHOUT_MODEL = OPEN | {
    "HTTPValidationError",
    "RelatedResource",
    "Resource",
    "ResourceSpecification",
    "ValidationError",
}
# Models of other routes that serve these too.
SHARED = {
    "FlowRun": FlowRun,
}
PREFIXES = (
    "/admin/storage",
    "/artifacts/",
    "/automations/",
    "/block_",
    "/concurrency_limits/",
    "/csrf-token",
    "/events",
    "/saved_searches/",
    "/task_workers/",
    "/ui/",
    "/v2/concurrency_limits/",
    "/variables/",
    "/work_pools/",
    "/work_queues/",
)


def _classes() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in MODULES:
        module = importlib.import_module(f"prefectkit.models.{name}")
        found |= {
            each.__name__: each
            for each in vars(module).values()
            if inspect.isclass(each)
            and each.__module__ == module.__name__
            and each.__name__ not in BASES | OPEN | OF_THE_CLIENT
        }
    return found


CLASSES = _classes()
ENUMS = {name: each for name, each in CLASSES.items() if issubclass(each, Enum)}
STRUCTS = {name: each for name, each in CLASSES.items() if name not in ENUMS}
REQUESTS = {name: each for name, each in STRUCTS.items() if issubclass(each, Body) and name != "ReceivedEvent"}
RESPONSES = {name: each for name, each in STRUCTS.items() if issubclass(each, Model) or name == "ReceivedEvent"}


def schemas_of(name: str) -> list[str]:
    return RENAMED.get(name) or bodies().get(name) or [name]


def _fields(struct: Any) -> set[str]:
    tag = struct.__struct_config__.tag_field
    return sent(struct) | ({tag} if tag else set())


def _decode(value: Any, struct: Any) -> Any:
    return msgspec.json.decode(msgspec.json.encode(value), type=struct, strict=False)


@pytest.mark.parametrize("name", STRUCTS)
def test_a_model_has_the_fields_of_its_schema(name: str, schemas: dict[str, Any]) -> None:
    expected = set(merged(schemas, schemas_of(name))) | MORE_FIELDS.get(name, set())
    assert _fields(STRUCTS[name]) == expected


@pytest.mark.parametrize("name", [name for name in REQUESTS if len(bodies().get(name, ())) > 1])
def test_a_body_that_several_routes_share_is_the_same_for_each(name: str, schemas: dict[str, Any]) -> None:
    for schema in bodies()[name]:
        assert set(schemas[schema]["properties"]) == _fields(STRUCTS[name])


def test_every_schema_of_the_routes_has_a_model(openapi: dict[str, Any], schemas: dict[str, Any]) -> None:
    routes = [route for path, route in openapi["paths"].items() if path.startswith(PREFIXES)]
    assert len(routes) > 70
    ours = {schema for name in CLASSES for schema in schemas_of(name)}
    others = {schema for name in test_models_core.CLASSES for schema in test_models_core.schemas_of(name)}
    assert set(references(schemas, routes)) - ours - others == WITHOUT_MODEL | SHARED.keys()


@pytest.mark.parametrize(("schema", "struct"), SHARED.items())
def test_a_model_of_other_routes_serves_these_too(schema: str, struct: Any, schemas: dict[str, Any]) -> None:
    assert set(schemas[schema]["properties"]) <= _fields(struct)


@pytest.mark.parametrize("name", REQUESTS)
def test_a_request_asks_for_what_the_server_asks_for(name: str, schemas: dict[str, Any]) -> None:
    made_here = {"id", "occurred"} if name == "Event" else set()
    for schema in schemas_of(name):
        assert required(REQUESTS[name]) | made_here == set(schemas[schema].get("required", ()))


@pytest.mark.parametrize("name", REQUESTS)
def test_a_request_takes_none_only_where_the_server_takes_null(name: str, schemas: dict[str, Any]) -> None:
    properties = merged(schemas, schemas_of(name))
    for field, annotation in hints(REQUESTS[name]).items():
        members = union(annotation)
        # A query does not send None.
        if type(None) in members and not issubclass(REQUESTS[name], Query):
            assert nullable(properties[field]), field
        if field not in required(REQUESTS[name]) and Any not in members and name != "Event":
            assert msgspec.UnsetType in members, field


@pytest.mark.parametrize("name", [name for name in REQUESTS if not required(REQUESTS[name])])
def test_a_request_that_says_nothing_sends_nothing(name: str) -> None:
    assert msgspec.json.encode(REQUESTS[name]()) == b"{}"


@pytest.mark.parametrize("name", STRUCTS)
def test_fields_are_given_by_name_only(name: str) -> None:
    with pytest.raises(TypeError, match="positional"):
        STRUCTS[name](1)


@pytest.mark.parametrize("name", STRUCTS)
def test_every_field_is_documented(name: str) -> None:
    ours = [base for base in STRUCTS[name].__mro__ if base.__module__.startswith("prefectkit")]
    told = "".join(inspect.cleandoc(base.__doc__ or "") for base in ours)
    for field in STRUCTS[name].__struct_fields__:
        assert f"\n    {field}: " in told, field


@pytest.mark.parametrize("name", ENUMS)
def test_an_enum_has_the_values_of_its_schema_and_keeps_others(name: str, schemas: dict[str, Any]) -> None:
    if name not in ENUMS_WITHOUT_SCHEMA:
        assert {member.value for member in ENUMS[name]} == set(schemas[name]["enum"])
    assert issubclass(ENUMS[name], OpenEnum)
    assert msgspec.json.encode(_decode("FROM_TOMORROW", ENUMS[name])) == b'"FROM_TOMORROW"'


@pytest.mark.parametrize("nulls", [False, True])
@pytest.mark.parametrize("name", RESPONSES)
def test_a_response_is_read_and_every_field_kept(name: str, nulls: bool, schemas: dict[str, Any]) -> None:
    for schema in schemas_of(name):
        sent = example(schemas, schemas[schema], nulls=nulls)
        if schema.endswith("-Input"):
            continue
        read = _decode(sent, RESPONSES[name])
        for field in sent:
            assert (getattr(read, field) is None) == (sent[field] is None), field
        assert _decode(read, RESPONSES[name]) == read


@pytest.mark.parametrize("name", RESPONSES)
def test_a_response_of_an_older_or_newer_server_is_read(name: str, schemas: dict[str, Any]) -> None:
    full = example(schemas, {"properties": merged(schemas, schemas_of(name)), "type": "object"}, nulls=False)
    least = {field: full[field] for field in required(RESPONSES[name])}
    assert _decode(least | {"field_of_tomorrow": 1}, RESPONSES[name])
    assert len(least) <= 5

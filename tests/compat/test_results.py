"""What flat methods return has the attributes, and most of the words, of Prefect's own objects."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, NamedTuple
from uuid import UUID
from warnings import catch_warnings

import msgspec
import pytest

from prefectkit import Prefect
from prefectkit import models as own
from prefectkit.models.filters import FlowRunFilter
from tests.real_responses import Recorder, read_deployments, read_runs, read_the_rest
from tests.real_server import RealServer

# For each type, the operations that return it. Its official twin has the same name, but for those below.
RESPONSES = {
    "Artifact": ["artifacts.read", "artifacts.list"],
    "ArtifactCollection": ["artifacts.latest.list"],
    "Automation": ["automations.read", "automations.list"],
    "BlockDocument": ["block_documents.read", "block_documents.list"],
    "BlockSchema": ["block_schemas.read", "block_schemas.list"],
    "BlockType": ["block_types.read", "block_types.list"],
    "ConcurrencyLimit": ["concurrency_limits.read", "concurrency_limits.list"],
    "Deployment": ["deployments.read", "deployments.list"],
    "DeploymentSchedule": ["deployments.schedules.list"],
    "EventPage": ["events.list"],
    "Flow": ["flows.read", "flows.list"],
    "FlowRun": ["flow_runs.read", "flow_runs.list", "deployments.create_flow_run"],
    "FlowRunInput": ["flow_runs.inputs.list"],
    "GlobalConcurrencyLimitResponse": ["global_concurrency_limits.read", "global_concurrency_limits.list"],
    "Log": ["logs.list"],
    "OrchestrationResult": ["flow_runs.set_state", "task_runs.set_state"],
    "ServerDefaultResultStorage": ["admin.read_storage"],
    "State": ["flow_run_states.list", "task_run_states.list"],
    "TaskRun": ["task_runs.read", "task_runs.list"],
    "Variable": ["variables.read", "variables.list"],
    "WorkPool": ["work_pools.read", "work_pools.list"],
    "WorkPoolConcurrencyStatus": ["work_pools.concurrency_status"],
    "WorkQueue": ["work_queues.read", "work_queues.list"],
    "WorkQueueConcurrencyStatus": ["work_queues.concurrency_status"],
    "WorkQueueStatusDetail": ["work_queues.status"],
    "Worker": ["work_pools.workers.list"],
    "WorkerFlowRunResponse": ["work_pools.get_scheduled_flow_runs"],
}
TWINS = {
    "Automation": "prefect.events.schemas.automations",
    "Deployment": "prefect.client.schemas.responses:DeploymentResponse",
    "EventPage": "prefect.client.schemas.events",
    "GlobalConcurrencyLimitResponse": "prefect.client.schemas.responses",
    "OrchestrationResult": "prefect.client.schemas.responses",
    "WorkPoolConcurrencyStatus": "prefect.client.schemas.responses",
    "WorkQueueConcurrencyStatus": "prefect.client.schemas.responses",
    "WorkerFlowRunResponse": "prefect.client.schemas.responses",
}
OBJECTS = "prefect.client.schemas.objects"


class Pair(NamedTuple):
    """A response of the server as both clients return it."""

    json: Any
    ours: Any
    theirs: Any


@pytest.fixture(scope="session")
def results(server: RealServer) -> dict[str, list[Any]]:
    """The responses of the real server, by operation."""
    recorder = Recorder()
    with Prefect(server.url, plugins=[recorder]) as client:
        for read in (read_runs, read_deployments, read_the_rest):
            read(client)
    found: dict[str, list[Any]] = {}
    for name, response in recorder.responses:
        found.setdefault(name, []).extend(response if isinstance(response, list) else [response])
    return found


@pytest.fixture(params=sorted(RESPONSES))
def pairs(request: pytest.FixtureRequest, results: dict[str, list[Any]]) -> list[Pair]:
    from pydoc import locate

    name = request.param
    module, _, twin = TWINS.get(name, OBJECTS).partition(":")
    theirs: Any = locate(f"{module}.{twin or name}")
    ours: Any = getattr(own, name)
    found = [response for operation in RESPONSES[name] for response in results[operation][:5]]
    assert found
    return [Pair(response, ours.model_validate(response), theirs.model_validate(response)) for response in found]


# Where a value is not what Prefect's own model makes of it, and why.
MEANT = {
    "pause_keys": "a list, as it comes, instead of a set",
    "within": "the time of a trigger is a number of seconds here, as the server wants it",
    "created": "a state has no such field at the server",
    "updated": "a state has no such field at the server",
}


def differences(ours: Any, theirs: Any, place: str = "$") -> Iterator[str]:
    """Where a program that reads attributes would notice which of the two it has."""
    fields = getattr(type(theirs), "model_fields", None)
    if fields is not None and not isinstance(ours, dict):
        for name in fields:
            if hasattr(ours, name):
                with catch_warnings(action="ignore", category=DeprecationWarning):
                    value = getattr(theirs, name)
                if name not in MEANT:
                    yield from differences(getattr(ours, name), value, f"{place}.{name}")
            elif name not in MEANT:
                yield f"{place}.{name} is not there"
    elif fields is not None:
        # Else the fields that only the class of a serializer has would be left out.
        yield from differences(ours, theirs.model_dump(mode="json", serialize_as_any=True), place)
    elif hasattr(type(theirs), "model_dump"):
        yield from differences(ours, theirs.model_dump(), place)
    elif type(theirs).__module__ == "pydantic.networks":
        yield from differences(ours, str(theirs), place)
    elif isinstance(theirs, dict):
        for name in {*ours, *theirs}:
            yield from differences(ours.get(name), theirs.get(name), f"{place}[{name!r}]")
    elif isinstance(theirs, (list, tuple, set)):
        if not isinstance(ours, (set if isinstance(theirs, set) else (list, tuple))) or len(ours) != len(theirs):
            yield f"{place}: {ours!r} instead of {theirs!r}"
        elif not isinstance(theirs, set):
            for at, (one, other) in enumerate(zip(ours, theirs, strict=True)):
                yield from differences(one, other, f"{place}[{at}]")
        elif ours != theirs:
            yield f"{place}: {ours!r} instead of {theirs!r}"
    elif isinstance(theirs, Enum):
        if not isinstance(ours, Enum) or (ours.name, ours.value) != (theirs.name, theirs.value):
            yield f"{place}: {ours!r} instead of {theirs!r}"
    elif not isinstance(ours, _family(theirs)) or ours != theirs:
        yield f"{place}: {ours!r} instead of {theirs!r}"


def _family(value: Any) -> Any:
    return next(
        (kind for kind in (bool, int, float, str, UUID, datetime, timedelta) if isinstance(value, kind)), object
    )


def test_attributes_are_those_of_prefects_own(pairs: list[Pair]) -> None:
    assert [line for pair in pairs for line in differences(pair.ours, pair.theirs)] == []


def unlike(ours: Any, theirs: Any, place: str = "$") -> Iterator[str]:
    """Where two dumps differ in what both of them have."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for name in (ours.keys() & theirs.keys()) - MEANT.keys():
            yield from unlike(ours[name], theirs[name], f"{place}.{name}")
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        if ours != theirs and sorted(map(str, ours)) != sorted(map(str, theirs)):
            for at, (one, other) in enumerate(zip(ours, theirs, strict=True)):
                yield from unlike(one, other, f"{place}[{at}]")
    elif ours != theirs:
        yield f"{place}: {ours!r} instead of {theirs!r}"


def test_dumps_as_json_are_those_of_prefects_own(pairs: list[Pair]) -> None:
    for _, ours, theirs in pairs:
        dumped = ours.model_dump(mode="json")
        with catch_warnings(action="ignore"):
            assert list(unlike(dumped, theirs.model_dump(mode="json"))) == []
        assert json.loads(ours.model_dump_json()) == dumped
        assert json.loads(ours.model_dump_json(indent=2, by_alias=True)) == dumped


OPTIONS: list[dict[str, Any]] = [
    {},
    {"mode": "json"},
    {"exclude_none": True},
    {"exclude_unset": True},
    {"exclude": {"id", "name"}},
    {"include": {"id", "name", "type", "state"}},
    {"include": {"id"}, "mode": "json", "by_alias": True},
]


@pytest.mark.parametrize("options", OPTIONS)
def test_dumps_have_the_keys_of_prefects_own(pairs: list[Pair], options: dict[str, Any]) -> None:
    for _, ours, theirs in pairs:
        with catch_warnings(action="ignore"):
            expected = theirs.model_dump(**options)
        found = ours.model_dump(**options)
        both = {name for name in type(theirs).model_fields if hasattr(ours, name)}
        if "exclude_unset" in options:
            # Here it is unknown what the server sent: a field that has its default counts as set.
            assert expected.keys() & both <= found.keys()
        else:
            assert found.keys() & both == expected.keys() & both
        for name in found.keys() & expected.keys():
            assert _kinds(found[name]) == _kinds(expected[name]) or name in MEANT, name


def _kinds(value: Any) -> Any:
    """What a value consists of, as far as both models can be compared: dicts, and the kinds of plain values."""
    if isinstance(value, dict):
        return dict
    if isinstance(value, (list, tuple, set, frozenset)):
        return list
    if type(value).__module__ == "pydantic.networks":
        return str
    return _family(value)


def test_copies_are_equal_and_changes_stay_with_the_copy(pairs: list[Pair]) -> None:
    for response, ours, _ in pairs:
        kind = type(ours)
        assert ours == kind.model_validate(response)
        ways: list[Callable[[Any], Any]] = [
            copy.copy,
            copy.deepcopy,
            lambda each: pickle.loads(pickle.dumps(each)),
            lambda each: each.model_copy(),
            lambda each: each.model_copy(deep=True),
            lambda each: type(each).model_validate(each.model_dump()),
            lambda each: type(each).model_validate(each.model_dump(mode="json")),
            lambda each: type(each).model_validate_json(each.model_dump_json()),
        ]
        for way in ways:
            other = way(ours)
            assert type(other) is kind
            assert other == ours
            assert other is not ours
        field = kind.__struct_fields__[0]
        changed = ours.model_copy(update={field: None})
        assert getattr(changed, field) is None
        assert (changed == ours) is (getattr(ours, field) is None)
        assert kind.model_validate(ours) is ours


def test_prefects_own_objects_are_taken(pairs: list[Pair]) -> None:
    for _, ours, theirs in pairs:
        with catch_warnings(action="ignore"):
            taken = type(ours).model_validate(theirs)
        assert [line for line in differences(taken, theirs)] == []


def test_attributes_can_be_set(pairs: list[Pair]) -> None:
    for _, ours, _ in pairs:
        field = type(ours).__struct_fields__[-1]
        changed = copy.copy(ours)
        setattr(changed, field, "other")
        assert getattr(changed, field) == "other"
        with pytest.raises(AttributeError):
            changed.no_such_field = 1


def test_repr_names_the_type_and_the_fields(pairs: list[Pair]) -> None:
    for _, ours, _ in pairs:
        shown = repr(ours)
        assert shown.startswith(f"{type(ours).__name__}(")
        assert all(f"{field}=" in shown for field in type(ours).__struct_fields__)


def test_states_have_the_words_of_prefects_own(results: dict[str, list[Any]]) -> None:
    from prefect.client.schemas.objects import State, StateType
    from prefect.states import Completed, Failed

    sent = [*results["flow_run_states.list"], Completed(message="m").model_dump(mode="json")]
    sent += [Failed(name="Broken").model_dump(mode="json")]
    sent += [State(type=kind).model_dump(mode="json") for kind in StateType]
    for state in sent:
        ours, theirs = own.State.model_validate(state), State.model_validate(state)
        words = [word for word in dir(theirs) if word.startswith("is_")]
        assert words
        assert {word: getattr(ours, word)() for word in words} == {word: getattr(theirs, word)() for word in words}
        assert (ours.type == theirs.type.value, ours.type == theirs.type) == (True, True)
        assert str(ours) == str(theirs)
        assert f"{ours}" == f"{theirs}"


def test_the_data_of_a_block_shows_no_secret_in_repr() -> None:
    block = own.BlockDocument.model_validate(
        {
            "id": str(UUID(int=1)),
            "name": "main",
            "data": {"user": "etl", "password": "s3cret"},
            "block_type_id": str(UUID(int=2)),
            "block_schema_id": str(UUID(int=3)),
        }
    )
    assert "s3cret" not in repr(block)
    assert "s3cret" not in str(block)
    assert block.data["password"] == "s3cret"


def test_what_is_dumped_can_be_sent(server: RealServer) -> None:
    flow_filter = FlowRunFilter.model_validate({"state": {"type": {"any_": ["RUNNING"]}}})
    assert flow_filter.model_dump(mode="json", exclude_unset=True) == {"state": {"type": {"any_": ["RUNNING"]}}}
    assert msgspec.json.decode(flow_filter.model_dump_json()) == {"state": {"type": {"any_": ["RUNNING"]}}}

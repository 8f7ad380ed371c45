"""The server under test, by its own description: what it lacks, and whether all its possible responses can be read."""

from __future__ import annotations

import typing
from collections.abc import AsyncIterator
from importlib.metadata import version
from typing import Any
from uuid import uuid4

import pytest

import prefectkit
from prefectkit.core.serialization.codec import decode
from prefectkit.errors import NotSupportedByServer
from prefectkit.models.deployment_schedules import DeploymentScheduleCreate
from prefectkit.models.filters import (
    AutomationFilter,
    AutomationFilterId,
    FlowFilter,
    FlowFilterId,
    FlowRunFilter,
    FlowRunFilterCreatedBy,
    TaskRunFilter,
    TaskRunFilterEndTime,
)
from prefectkit.models.schedules import CronSchedule
from prefectkit.version import SERVER_VERSION
from tests.fakes import response
from tests.resources.runs import new_deployment
from tests.server_versions.served import Served
from tests.surfaces import Awaited
from tests.test_operations import OURS, function_of

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def served() -> Served:
    return Served.installed()


async def test_a_route_that_the_server_lacks_is_called_so(client: Awaited, served: Served) -> None:
    absent = [operation for operation in prefectkit.operations().values() if str(operation) not in served]
    # Those of Prefect Cloud are absent on every server.
    assert {"deployments.create_branch", "slas.apply"} <= {operation.name for operation in absent}
    for operation in absent:
        path = dict.fromkeys(operation.path.parameters, str(uuid4()))
        with pytest.raises(NotSupportedByServer, match="no such route") as caught:
            await client.target._engine.call(operation, object, path)
        error = caught.value
        assert (error.operation, error.server_version) == (operation, version("prefect"))
        assert f"runs Prefect {version('prefect')}, and this SDK was written for {SERVER_VERSION}" in str(error)


@pytest.mark.parametrize(
    ("group", "field", "criterion"),
    [
        ("automations", "automations", AutomationFilter(id=AutomationFilterId(any_=[uuid4()]))),
        ("flows", "flows", FlowFilter(id=FlowFilterId(any_=[], not_any_=[uuid4()]))),
        ("flow_runs", "flow_runs", FlowRunFilter(created_by=FlowRunFilterCreatedBy(id_=[uuid4()]))),
        ("task_runs", "task_runs", TaskRunFilter(end_time=TaskRunFilterEndTime(is_null_=True))),
    ],
)
async def test_criteria_that_newer_servers_know(client: Awaited, group: str, field: str, criterion: Any) -> None:
    assert await getattr(client, group).list(**{field: criterion}, limit=1) is not None


async def test_schedules_that_replace_others(client: Awaited) -> None:
    schedule = DeploymentScheduleCreate(schedule=CronSchedule(cron="0 0 * * *"), slug="new", replaces="old")
    deployment = await new_deployment(client, schedules=[schedule])
    assert [it.slug for it in deployment.schedules] == ["new"]


def test_every_response_that_the_server_describes_is_read(served: Served) -> None:
    read = 0
    for key, operation in OURS.items():
        hint = typing.get_type_hints(function_of(operation))["return"]
        if key in served and typing.get_origin(hint) is not AsyncIterator:
            for body in served.responses(key):
                decode(hint, response(body))
                read += 1
    assert read > 200

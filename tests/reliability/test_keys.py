"""Runs that are created with a key, on the real server: one for each key, and a warning where it was for another."""

from __future__ import annotations

import warnings

import pytest

from prefectkit.errors import ReusedKeyWarning
from prefectkit.models import DeploymentFlowRunCreate
from prefectkit.models.filters import FlowFilter, FlowFilterId
from tests.real_server import RealServer
from tests.reliability.losing import losing
from tests.resources.stored import slug

pytestmark = pytest.mark.anyio

RECIPE = {"x": {"__prefect_kind": "json", "value": "[1, 2]"}}


@pytest.mark.parametrize("method", ["flow_runs.create", "deployments.create_flow_run"])
async def test_one_run_for_each_key(method: str, surface: str, server: RealServer) -> None:
    async with losing(surface, server, method) as (client, losses):
        flow_id = (await client.flows.create(name=slug())).id
        deployment = await client.deployments.create(flow_id=flow_id, name=slug(), parameters={"y": 1, "x": 0})
        create = client.flow_runs.create
        path, fields = (), {"flow_id": flow_id}
        if method != "flow_runs.create":
            create, path, fields = client.deployments.create_flow_run, (deployment.id,), {}

        losses.arm()
        first = await create(*path, **fields, name="a", parameters={"x": 1})
        assert (losses.sent, losses.deduplicated) == (2, True)

        key = slug()
        one = await create(*path, **fields, name="a", parameters={"x": 1}, idempotency_key=key)
        assert losses.deduplicated is False
        same = await create(*path, **fields, name="a", parameters={"x": 1}, idempotency_key=key)
        assert losses.deduplicated is True
        with pytest.warns(ReusedKeyWarning, match=rf"^{method}: .* another name and other parameters; that one is"):
            other = await create(*path, **fields, name="b", parameters={"x": 2}, idempotency_key=key)
        assert first.id != one.id == same.id == other.id
        assert (other.name, other.parameters["x"]) == ("a", 1)
        runs = await client.flow_runs.count(flows=FlowFilter(id=FlowFilterId(any_=[flow_id])))
        assert runs == 2


async def test_a_value_computed_by_the_server_is_not_a_difference(surface: str, server: RealServer) -> None:
    async with losing(surface, server, "deployments.create_flow_run") as (client, losses):
        flow_id = (await client.flows.create(name=slug())).id
        deployment = await client.deployments.create(flow_id=flow_id, name=slug())
        losses.arm()
        run = await client.deployments.create_flow_run(deployment.id, parameters=RECIPE)
        assert (losses.deduplicated, run.parameters) == (True, {"x": [1, 2]})


async def test_many_runs_at_once_have_a_key_each(surface: str, server: RealServer) -> None:
    async with losing(surface, server, "deployments.bulk_create_flow_runs") as (client, losses):
        flow_id = (await client.flows.create(name=slug())).id
        deployment = await client.deployments.create(flow_id=flow_id, name=slug())
        mine = FlowFilter(id=FlowFilterId(any_=[flow_id]))
        runs = [DeploymentFlowRunCreate(name="a")] * 2
        losses.arm()
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            responses = [await client.deployments.bulk_create_flow_runs(deployment.id, runs) for _ in range(2)]
        # A write of the server's own may be in the way of one of them, which is told in the response.
        ids = [one.flow_run_id for response in responses for one in response.results if one.flow_run_id is not None]
        assert len(ids) > 1 and len(set(ids)) == len(ids)
        assert await client.flow_runs.count(flows=mine) == len(ids)

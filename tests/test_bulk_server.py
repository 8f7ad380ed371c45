"""Bulks on the real server, from every surface, and with the flat methods; the example and what it prints."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from prefectkit import AsyncPrefect, Prefect
from prefectkit.compat import PrefectClient, SyncPrefectClient
from prefectkit.errors import NotFound
from prefectkit.models.filters import FlowFilter, FlowFilterId
from tests.real_server import RealServer
from tests.resources.runs import new_flow
from tests.surfaces import Awaited

EXAMPLE = Path(__file__).parents[1] / "examples" / "bulk.py"


@pytest.mark.anyio
async def test_fifty_runs_are_created_once(client: Awaited) -> None:
    flow = await new_flow(client)
    rows = [{"flow_id": flow.id, "name": f"run {number}"} for number in range(50)]
    told: list[Any] = []
    bulk = client.bulk(client.target.flow_runs.create, rows, in_flight=8, progress=lambda *it: told.append(it))
    outcomes = [outcome async for outcome in bulk]
    assert [outcome.result().name for outcome in outcomes] == [row["name"] for row in rows]
    assert told[-1] == (50, 0, 50)
    found = [run.name async for run in client.flow_runs.iterate(flows=FlowFilter(id=FlowFilterId(any_=[flow.id])))]
    assert sorted(found) == sorted(str(row["name"]) for row in rows)
    ids = [outcome.result().id for outcome in outcomes]
    outcomes = [outcome async for outcome in client.bulk(client.target.flow_runs.read, [*ids[:5], uuid4()])]
    assert [outcome.result().id for outcome in outcomes[:5]] == ids[:5]
    assert isinstance(outcomes[5].error, NotFound)


def test_flat_methods(server: RealServer) -> None:
    with Prefect(server.url) as client, SyncPrefectClient(server.url) as flat:
        flow = client.flows.create(name=f"flat {uuid4()}")
        runs = client.bulk(lambda name: client.flow_runs.create(flow_id=flow.id, name=name), ["a", "b"]).results()
        read = client.bulk(flat.read_flow_run, [run.id for run in runs]).results()
        assert [run.id for run in read] == [run.id for run in runs]


@pytest.mark.anyio
async def test_flat_methods_in_a_loop(server: RealServer) -> None:
    async with AsyncPrefect(server.url) as client, PrefectClient(server.url) as flat:
        flow = await client.flows.create(name=f"flat {uuid4()}")
        runs = await client.bulk(lambda name: client.flow_runs.create(flow_id=flow.id, name=name), ["a", "b"]).results()
        read = await client.bulk(flat.read_flow_run, [run.id for run in runs]).results()
        assert [run.id for run in read] == [run.id for run in runs]


def test_the_example(server: RealServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("PREFECT_API_URL", server.url)
    monkeypatch.setattr("sys.argv", ["bulk.py", "20"])
    runpy.run_path(str(EXAMPLE), run_name="__main__")
    lines = capsys.readouterr().out.replace("\r", "\n").splitlines()
    assert "20 of 20 done, 0 failed" in [line.strip() for line in lines]
    assert "no such run: 00000000-0000-4000-8000-000000000000" in lines
    assert lines[-1] == "20 runs deleted"

"""The main job, on the embedded server: no configuration, no second terminal.

    python examples/quickstart.py

It creates a flow, a deployment and 300 flow runs, moves them through their states, looks at them, and cleans up: once
with the blocking client, once with the async one. Then it records a few calls into a cassette, and replays them with no
server at all.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from prefectkit import AsyncPrefect, Prefect
from prefectkit.errors import AmbiguousOutcomeError
from prefectkit.models import Completed, Failed, LogCreate, Running, StateCreate
from prefectkit.models.filters import FlowRunFilter, FlowRunFilterDeploymentId, FlowRunFilterId
from prefectkit.transports import CassetteTransport, Transport

RUNS = 300
console = Console()


def main() -> None:
    with console.status("starting the embedded Prefect server: 5 to 15 seconds, once"):
        client = Prefect()
        version = client.version()
    console.print(f"[bold]Prefect {version}[/] responds at {client.api_url}, in this process\n")
    with client:
        blocking(client)
        asyncio.run(concurrent(AsyncPrefect()))
        recorded()


def blocking(client: Prefect) -> None:
    """The blocking client, one call after the other."""
    console.rule("blocking")
    flow = client.flows.create(name=f"etl-{uuid4().hex[:8]}", tags=["quickstart"])
    deployment = client.deployments.create(name="nightly", flow_id=flow.id, tags=["quickstart"])

    ids: list[UUID] = []
    with Progress(console=console, transient=True) as progress:
        for number in progress.track(range(RUNS), description="creating and moving runs"):
            run = client.deployments.create_flow_run(deployment.id, name=f"run-{number}", parameters={"n": number})
            ids.append(run.id)
            if number % 10 == 9:
                continue
            client.flow_runs.set_state(run.id, Running())
            client.flow_runs.set_state(run.id, outcome(number))

    show(run.state.type.value for run in client.flow_runs.iterate(deployment_id=deployment.id) if run.state)
    failed = client.flow_runs.count(deployment_id=deployment.id, state="FAILED")
    console.print(f"the server counts {failed} failed runs")

    now = datetime.now(UTC)
    client.logs.create(
        [
            LogCreate(name="quickstart", level=20, message=f"row {n}", timestamp=now, flow_run_id=ids[0])
            for n in range(3)
        ]
    )
    lines = b"".join(client.flow_runs.download_logs(ids[0])).decode().splitlines()
    console.print(f"the log of the first run has {len(lines) - 1} lines, the last one: {lines[-1]}")
    graph = client.flow_runs.graph_v2(ids[0])
    console.print(f"its graph has {len(graph.states)} states and {len(graph.nodes)} tasks")

    mine = FlowRunFilter(deployment_id=FlowRunFilterDeploymentId(any_=[deployment.id]))
    left = client.flow_runs.count(flow_runs=mine)
    console.print(f"deleting {left} runs in bulk, then the flow with its deployment\n")
    while left:
        # SQLite may be busy, and then it is not known whether a bulk delete came through: the count tells.
        with suppress(AmbiguousOutcomeError):
            client.flow_runs.bulk_delete(flow_runs=mine)
        left = client.flow_runs.count(flow_runs=mine)
    client.flows.delete(flow.id)


async def concurrent(client: AsyncPrefect) -> None:
    """The async client: writes one after the other, as SQLite has it, and twenty reads at a time."""
    console.rule("async")
    async with client:
        flow = await client.flows.create(name=f"etl-{uuid4().hex[:8]}", tags=["quickstart"])
        ids: list[UUID] = []
        with console.status(f"creating and moving {RUNS} runs"):
            for number in range(RUNS):
                run = await client.flow_runs.create(flow_id=flow.id, name=f"run-{number}", state=Running())
                await client.flow_runs.set_state(run.id, outcome(number))
                ids.append(run.id)

        gate = asyncio.Semaphore(20)

        async def state_of(run_id: UUID) -> str:
            async with gate:
                run = await client.flow_runs.read(run_id)
                return run.state.type.value if run.state else "none"

        with console.status(f"reading {RUNS} runs, twenty at a time"):
            show(await asyncio.gather(*(state_of(run_id) for run_id in ids)))
        mine = FlowRunFilter(id=FlowRunFilterId(any_=ids))
        while await client.flow_runs.count(flow_runs=mine):
            with suppress(AmbiguousOutcomeError):
                await client.flow_runs.bulk_delete(flow_runs=mine)
        await client.flows.delete(flow.id)
        console.print(f"{await client.flow_runs.count(flow_runs=mine)} runs are left\n")


def recorded() -> None:
    """Record a few calls, then play them back without the server."""
    console.rule("cassette")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "runs.jsonl"

        def recording(transport: Transport) -> Transport:
            return CassetteTransport(path, transport, mode="all")

        with Prefect(transport=recording) as live:
            seen = story(live)
        with Prefect(transport=CassetteTransport(path)) as retry_safety:
            assert story(retry_safety) == seen
        calls = len(path.read_text().splitlines()) - 1
        console.print(f"recorded {calls} calls in {path.name}, and replayed them without the server: {seen}")


def story(client: Prefect) -> str:
    """Calls that build on each other: the playback has to return the right response to each."""
    flow = client.flows.create(name="recorded")
    run = client.flow_runs.create(flow_id=flow.id, name="run-of-the-tape", state=Running())
    client.flow_runs.set_state(run.id, Completed(message="done"))
    state = client.flow_runs.read(run.id).state
    client.flows.delete(flow.id)
    return f"{run.name} is {state.name if state else 'nowhere'}"


def outcome(number: int) -> StateCreate:
    """Every sixth run fails."""
    return Failed(message="no rows") if number % 6 == 5 else Completed(message="done")


def show(states: Iterable[str]) -> None:
    """A row and a bar for each state."""
    counted = Counter(states)
    table = Table("state", "runs", "", box=None)
    for state, runs in counted.most_common():
        table.add_row(state, str(runs), "█" * max(1, runs * 40 // counted.total()))
    console.print(table)


if __name__ == "__main__":
    main()

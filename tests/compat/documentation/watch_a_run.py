"""Send something to a run as soon as it runs, and remember what was seen in a variable."""

import asyncio
from uuid import UUID

from prefect import get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterName
from prefect.states import Running
from prefect.variables import Variable


async def send_to(run_id: UUID, names: list[str]) -> None:
    client = get_client()
    seen: list[str] = await Variable.get("seen_keys", default=[])
    while names:
        run = await client.read_flow_run(run_id)
        if not run.state or not run.state.is_running():
            print("not yet:", run.state.name)
            await client.set_flow_run_state(run_id, Running(), force=True)
            continue
        key = f"name-{len(seen)}"
        await client.create_flow_run_input(flow_run_id=run_id, key=key, value=names.pop(0))
        seen.append(key)
        await Variable.set("seen_keys", seen, overwrite=True)


async def main() -> None:
    async with get_client() as client:
        pending = FlowRunFilter(name=FlowRunFilterName(any_=["train-pending-0"]))
        (run,) = await client.read_flow_runs(flow_run_filter=pending)
        await send_to(run.id, ["Ada", "Alan"])
        for key in await Variable.get("seen_keys"):
            print(key, await client.read_flow_run_input(flow_run_id=run.id, key=key))


asyncio.run(main())

"""How many runs there are in each state."""

import anyio
from prefect.client.orchestration import get_client
from prefect.client.schemas import filters
from prefect.client.schemas.objects import StateType


async def main():
    counts = {}
    async with get_client() as client:
        for kind in StateType:
            where = filters.FlowRunFilter(state=filters.FlowRunFilterState(type={"any_": [kind]}))
            counts[kind.value] = len(await client.read_flow_runs(flow_run_filter=where))
    print({kind: count for kind, count in sorted(counts.items()) if count})


anyio.run(main)

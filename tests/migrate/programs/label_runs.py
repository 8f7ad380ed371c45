import asyncio

from prefect.client.orchestration import get_client


async def main():
    async with get_client() as client:
        (run,) = await client.read_flow_runs(limit=1)
        await client.update_flow_run_labels(run.id, {"team": "data", "cost": 3.5})
        labels = (await client.read_flow_run(run.id)).labels
        print(labels["team"], labels["cost"])


asyncio.run(main())

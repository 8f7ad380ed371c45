import asyncio

from prefect.client.orchestration import get_client


async def main():
    async with get_client() as client:
        (run,) = await client.read_flow_runs(limit=1)
        await client.create_flow_run_input(run.id, key="approval", value='{"yes": true}', sender="me")
        print(await client.read_flow_run_input(run.id, key="approval"))
        found = await client.filter_flow_run_input(run.id, key_prefix="app", limit=5, exclude_keys=set())
        print([each.key for each in found])
        await client.delete_flow_run_input(run.id, key="approval")


asyncio.run(main())

import asyncio

from prefect.client.orchestration import get_client


async def main():
    async with get_client() as client:
        deployment = await client.read_deployment_by_name("train/by-hand")
        runs = await asyncio.gather(
            *(client.create_flow_run_from_deployment(deployment.id, name=f"shard-{n}") for n in range(4))
        )
        print(sorted(run.name for run in runs))


asyncio.run(main())

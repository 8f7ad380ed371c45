import asyncio

import prefect.client.orchestration as orchestration


async def main():
    async with orchestration.get_client() as client:
        responses = await client.get_scheduled_flow_runs_for_work_pool("kube")
        print(sorted(each.flow_run.name for each in responses))
        print(await client.read_workers_for_work_pool("kube"))


asyncio.run(main())

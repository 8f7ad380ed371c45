import asyncio

from prefect import get_client


async def main(active: bool):
    async with get_client() as client:
        for deployment in await client.read_deployments():
            for schedule in await client.read_deployment_schedules(deployment.id):
                await client.update_deployment_schedule(deployment.id, schedule.id, active=active)
            print(deployment.name, [each.active for each in await client.read_deployment_schedules(deployment.id)])


asyncio.run(main(active=False))

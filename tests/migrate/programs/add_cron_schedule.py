import asyncio

from prefect.client.orchestration import get_client
from prefect.client.schemas.schedules import CronSchedule


async def main():
    async with get_client() as client:
        deployment = await client.read_deployment_by_name("train/by-hand")
        cron = CronSchedule(cron="30 4 * * 1", timezone="Europe/Zurich")
        await client.create_deployment_schedules(deployment.id, [(cron, True)])
        for each in await client.read_deployment_schedules(deployment.id):
            print(each.schedule.cron, each.schedule.timezone, each.active)


asyncio.run(main())

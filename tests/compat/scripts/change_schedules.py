"""Move the schedules of a deployment to another time zone, and add one for Sundays."""

import asyncio

from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import DeploymentUpdate
from prefect.client.schemas.schedules import CronSchedule


async def show(client, deployment_id):
    for each in sorted(await client.read_deployment_schedules(deployment_id), key=lambda each: each.schedule.cron):
        print(each.schedule.cron, each.schedule.timezone, each.active)


async def main():
    async with get_client() as client:
        deployment = await client.read_deployment_by_name("extract/hourly")
        for each in deployment.schedules:
            moved = CronSchedule(cron=each.schedule.cron, timezone="Europe/Paris")
            await client.update_deployment_schedule(deployment.id, each.id, active=False, schedule=moved)
        await show(client, deployment.id)
        sundays = CronSchedule(cron="0 7 * * 0", timezone="UTC")
        (added,) = await client.create_deployment_schedules(deployment.id, [(sundays, True)])
        await show(client, deployment.id)
        await client.delete_deployment_schedule(deployment.id, added.id)
        await client.update_deployment(deployment.id, DeploymentUpdate(description="moved", tags=["moved"]))
        changed = await client.read_deployment(deployment.id)
        print(changed.description, changed.tags, len(changed.schedules), changed.parameters)


asyncio.run(main())

import asyncio
from datetime import timedelta

from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import DeploymentScheduleCreate
from prefect.client.schemas.schedules import IntervalSchedule

EVERY_HOUR = IntervalSchedule(interval=timedelta(hours=1))


async def main():
    async with get_client() as client:
        flow_id = await client.create_flow_from_name("ingest")
        deployment_id = await client.create_deployment(
            flow_id=flow_id,
            name="prod",
            description="all of it",
            schedules=[DeploymentScheduleCreate(schedule=EVERY_HOUR, active=True)],
            tags=["team"],
            entrypoint="flows.py:ingest",
        )
        deployment = await client.read_deployment(deployment_id)
        print(deployment.name, deployment.tags, deployment.entrypoint, len(deployment.schedules))


asyncio.run(main())

"""Look deployments up by name, and say what each would do."""

import asyncio

from prefect.client.orchestration import get_client
from prefect.exceptions import ObjectNotFound


async def describe(names):
    async with get_client() as client:
        for name in names:
            try:
                deployment = await client.read_deployment_by_name(name)
            except ObjectNotFound:
                print(f"{name}: there is none")
                continue
            except ValueError as error:
                print(error)
                continue
            flow = await client.read_flow(deployment.flow_id)
            schedules = [schedule.schedule.model_dump(mode="json") for schedule in deployment.schedules]
            print(
                f"{flow.name}/{deployment.name}", sorted(deployment.tags), deployment.paused, deployment.work_pool_name
            )
            print("  ", deployment.parameters, [sorted(schedule) for schedule in schedules], deployment.entrypoint)


asyncio.run(describe(["extract/hourly", "report/daily", "train/never", "no slash"]))

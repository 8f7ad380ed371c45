import asyncio
from datetime import UTC, datetime, timedelta

from prefect import get_client
from prefect.states import Scheduled


async def main():
    at = datetime.now(UTC) + timedelta(hours=2)
    async with get_client() as client:
        deployment = await client.read_deployment_by_name("report/daily")
        run = await client.create_flow_run_from_deployment(deployment.id, state=Scheduled(scheduled_time=at))
        print(run.state.is_scheduled(), run.expected_start_time == at)


asyncio.run(main())

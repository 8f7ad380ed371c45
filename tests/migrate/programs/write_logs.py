import asyncio
from datetime import UTC, datetime

from prefect import get_client
from prefect.client.schemas.actions import LogCreate
from prefect.client.schemas.filters import LogFilter


async def main():
    async with get_client() as client:
        (run,) = await client.read_flow_runs(limit=1)
        log = LogCreate(name="script", level=30, message="done", timestamp=datetime.now(UTC), flow_run_id=run.id)
        await client.create_logs([log])
        logs = await client.read_logs(LogFilter(flow_run_id={"any_": [run.id]}))
        print([each.message for each in logs if each.name == "script"])


asyncio.run(main())

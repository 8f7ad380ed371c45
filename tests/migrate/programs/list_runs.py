"""The last runs, with their states."""

import asyncio

from prefect import get_client


async def main():
    async with get_client() as client:
        for run in sorted(await client.read_flow_runs(limit=200), key=lambda run: run.name):
            print(run.name, run.state_name)


asyncio.run(main())

"""Read every deployment, one page at a time."""

import asyncio

from prefect import get_client


async def every_deployment(size: int) -> list[str]:
    names: list[str] = []
    async with get_client() as client:
        while page := await client.read_deployments(limit=size, offset=len(names)):
            print("a page of", len(page))
            names += [f"{deployment.name} {deployment.paused}" for deployment in page]
    return names


print(sorted(asyncio.run(every_deployment(2))))

"""Pause every deployment before maintenance, and resume afterwards those that were not paused before."""

import asyncio

from prefect.client.orchestration import get_client
from prefect.client.schemas.sorting import DeploymentSort


async def all_deployments(client, page=2):
    offset = 0
    while found := await client.read_deployments(limit=page, offset=offset, sort=DeploymentSort.NAME_ASC):
        for deployment in found:
            yield deployment
        offset += len(found)


async def main():
    async with get_client() as client:
        active = [deployment async for deployment in all_deployments(client) if not deployment.paused]
        for deployment in active:
            await client.pause_deployment(deployment.id)
        print([(deployment.name, deployment.paused) async for deployment in all_deployments(client)])
        for deployment in active:
            await client.resume_deployment(str(deployment.id))
        print([(deployment.name, deployment.paused) async for deployment in all_deployments(client)])


asyncio.run(main())

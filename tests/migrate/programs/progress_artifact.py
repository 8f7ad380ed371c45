import asyncio

from prefect.artifacts import acreate_progress_artifact, aupdate_progress_artifact
from prefect.client.orchestration import get_client


async def main():
    artifact_id = await acreate_progress_artifact(progress=0.0, key="import")
    for done in (25.0, 100.0):
        await aupdate_progress_artifact(artifact_id, progress=done)
    async with get_client() as client:
        print([each.data for each in await client.read_artifacts() if each.id == artifact_id])


asyncio.run(main())

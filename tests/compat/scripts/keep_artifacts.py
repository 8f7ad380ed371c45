"""Create, change, find and delete artifacts."""

import asyncio
import json

from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import ArtifactCreate, ArtifactUpdate
from prefect.client.schemas.filters import (
    ArtifactCollectionFilter,
    ArtifactCollectionFilterKey,
    ArtifactFilter,
    ArtifactFilterKey,
)
from prefect.client.schemas.sorting import ArtifactSort


async def main():
    async with get_client() as client:
        table = json.dumps([{"check": "nulls", "passed": True}])
        first = await client.create_artifact(ArtifactCreate(key="checks", type="table", data=table))
        second = await client.create_artifact(
            artifact=ArtifactCreate(key="checks", type="markdown", description="what was found", data="# all good")
        )
        await client.update_artifact(first.id, ArtifactUpdate(description="an older one"))
        found = await client.read_artifacts(
            artifact_filter=ArtifactFilter(key=ArtifactFilterKey(any_=["checks"])), sort=ArtifactSort.KEY_ASC
        )
        for artifact in sorted(found, key=lambda artifact: artifact.type):
            print(artifact.key, artifact.type, artifact.description, artifact.data)
        latest = await client.read_latest_artifacts(
            artifact_filter=ArtifactCollectionFilter(key=ArtifactCollectionFilterKey(any_=["checks"]))
        )
        print([artifact.latest_id == second.id for artifact in latest])
        await client.delete_artifact(second.id)
        print(len(await client.read_artifacts(artifact_filter=ArtifactFilter(key=ArtifactFilterKey(like_="check")))))


asyncio.run(main())

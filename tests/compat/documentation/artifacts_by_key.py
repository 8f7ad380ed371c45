import asyncio

from prefect.artifacts import create_markdown_artifact
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterKey


async def summaries() -> None:
    for text in ("# First", "# Second"):
        await create_markdown_artifact(text, key="build-summary", description="of a build")
    await create_markdown_artifact("# Other", key="other")
    by_key = ArtifactFilter(key=ArtifactFilterKey(any_=["build-summary"]))
    async with get_client() as client:
        artifacts = await client.read_artifacts(artifact_filter=by_key)
        for artifact in sorted(artifacts, key=lambda artifact: artifact.data):
            print(artifact.type, artifact.key, artifact.description, artifact.data, artifact.flow_run_id)


asyncio.run(summaries())

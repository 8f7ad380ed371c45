from prefect.artifacts import create_markdown_artifact
from prefect.client.orchestration import get_client

key = create_markdown_artifact("# All good", key="summary", description="of the night")
with get_client(sync_client=True) as client:
    (artifact,) = [each for each in client.read_artifacts() if each.key == "summary"]
    print(artifact.id == key, artifact.data, artifact.description)

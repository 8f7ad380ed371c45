from prefect.artifacts import create_link_artifact, create_table_artifact
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterKey

create_table_artifact(table=[{"rows": 1, "name": "a"}, {"rows": 2, "name": "b"}], key="table")
create_link_artifact("https://example.com/report", key="link", link_text="the report")
with get_client(sync_client=True) as client:
    for key in ("table", "link"):
        for each in client.read_artifacts(artifact_filter=ArtifactFilter(key=ArtifactFilterKey(any_=[key]))):
            print(each.type, each.data)

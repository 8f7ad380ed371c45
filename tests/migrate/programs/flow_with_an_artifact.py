from prefect import flow
from prefect.artifacts import create_markdown_artifact
from prefect.client.orchestration import get_client
from prefect.runtime import flow_run


@flow
def summarize():
    create_markdown_artifact("# done", key="of-a-flow")
    return flow_run.id


run_id = summarize()
with get_client(sync_client=True) as client:
    (artifact,) = [each for each in client.read_artifacts() if each.key == "of-a-flow"]
    print(str(artifact.flow_run_id) == run_id, artifact.data)

from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import FlowRunFilter

with get_client(sync_client=True) as client:
    for run in client.read_flow_runs(flow_run_filter=FlowRunFilter(name={"like_": "crashed"})):
        client.update_flow_run(run.id, tags=[*run.tags, "looked-at"], name=f"{run.name}!")
        changed = client.read_flow_run(run.id)
        print(sorted(changed.tags), changed.name.endswith("!"))

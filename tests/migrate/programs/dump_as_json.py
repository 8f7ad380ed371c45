import json

from prefect import get_client
from prefect.client.schemas.sorting import FlowRunSort

with get_client(sync_client=True) as client:
    rows = [run.model_dump(mode="json") for run in client.read_flow_runs(sort=FlowRunSort.NAME_ASC, limit=3)]
print(json.dumps([{key: row[key] for key in ("name", "state_type", "tags", "run_count")} for row in rows]))

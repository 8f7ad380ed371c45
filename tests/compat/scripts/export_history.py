"""The history of runs as CSV."""

import csv
import sys

from prefect.client.orchestration import get_client
from prefect.client.schemas.sorting import FlowRunSort

COLUMNS = ["name", "state_type", "state_name", "run_count", "tags", "parameters", "ended"]


def rows(client, page=7):
    flows = {flow.id: flow.name for flow in client.read_flows()}
    offset = 0
    while True:
        runs = client.read_flow_runs(sort=FlowRunSort.NAME_ASC, limit=page, offset=offset)
        for run in runs:
            row = run.model_dump(mode="json", include={"name", "state_type", "state_name", "run_count", "parameters"})
            yield {"flow": flows[run.flow_id], **row, "tags": " ".join(sorted(run.tags)), "ended": bool(run.end_time)}
        if len(runs) < page:
            return
        offset += page


def main():
    writer = csv.DictWriter(sys.stdout, ["flow", *COLUMNS])
    writer.writeheader()
    with get_client(sync_client=True) as client:
        writer.writerows(rows(client))


main()

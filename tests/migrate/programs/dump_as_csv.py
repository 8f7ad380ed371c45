import csv
import sys

from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import FlowRun


def row(run: FlowRun) -> list[str]:
    return [run.name, run.state_type.value, str(run.auto_scheduled), ",".join(run.tags)]


with get_client(sync_client=True) as client:
    csv.writer(sys.stdout).writerows(sorted(map(row, client.read_flow_runs(limit=200))))

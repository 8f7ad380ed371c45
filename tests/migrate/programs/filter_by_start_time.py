from datetime import UTC, datetime, timedelta

from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,  # the runs
    FlowRunFilterExpectedStartTime,
)

# an hour ago
SINCE = datetime.now(UTC) - timedelta(hours=1)

with get_client(sync_client=True) as client:
    where = FlowRunFilter(expected_start_time=FlowRunFilterExpectedStartTime(after_=SINCE))
    print(sorted(run.name for run in client.read_flow_runs(flow_run_filter=where)))

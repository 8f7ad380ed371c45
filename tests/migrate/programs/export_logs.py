"""The errors of the runs that failed."""

from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterName,
    LogFilter,
    LogFilterFlowRunId,
    LogFilterLevel,
)
from prefect.client.schemas.sorting import LogSort

with get_client(sync_client=True) as client:
    failed = client.read_flow_runs(flow_run_filter=FlowRunFilter(name=FlowRunFilterName(any_=["extract-failed-0"])))
    logs = client.read_logs(
        log_filter=LogFilter(
            flow_run_id=LogFilterFlowRunId(any_=[run.id for run in failed]), level=LogFilterLevel(ge_=40)
        ),
        sort=LogSort.TIMESTAMP_ASC,
    )
    for log in logs:
        print(log.level, log.message)

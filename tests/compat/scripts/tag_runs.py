"""Add a tag to runs, and labels, and a better name."""

from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import FlowFilter, FlowFilterName, FlowRunFilter, FlowRunFilterTags
from prefect.client.schemas.sorting import FlowRunSort

with get_client(sync_client=True) as client:
    of_report = FlowFilter(name=FlowFilterName(any_=["report"]))
    for run in client.read_flow_runs(flow_filter=of_report, sort=FlowRunSort.NAME_ASC, limit=3):
        client.update_flow_run(run.id, tags=sorted({*run.tags, "audited"}))
        client.update_flow_run_labels(run.id, {"audit": 7})
        client.set_flow_run_name(run.id, f"{run.name} (audited)")
    audited = FlowRunFilter(tags=FlowRunFilterTags(all_=["audited"]))
    print(client.count_flow_runs(flow_run_filter=audited))
    for run in client.read_flow_runs(flow_run_filter=audited, sort=FlowRunSort.NAME_ASC):
        print(run.name, sorted(run.tags), run.labels.get("audit"), run.empirical_policy.retries)
        copy = run.model_copy(update={"name": "other"})
        print(copy.name, copy.id == run.id, copy == run, type(copy) is type(run))

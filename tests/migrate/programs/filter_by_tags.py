from prefect import get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterTags

with get_client(sync_client=True) as c:
    tagged = c.read_flow_runs(flow_run_filter=FlowRunFilter(tags=FlowRunFilterTags(all_=["nightly"])))
    print(sorted({tag for run in tagged for tag in run.tags}), len(tagged))

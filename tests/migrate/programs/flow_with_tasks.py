from prefect import flow, task
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import FlowFilter, FlowFilterName


@task
def names(like: str) -> list[str]:
    with get_client(sync_client=True) as client:
        return sorted(each.name for each in client.read_flows(flow_filter=FlowFilter(name=FlowFilterName(like_=like))))


@flow
def report() -> list[str]:
    return names("ext")


print(report())

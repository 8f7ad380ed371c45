from prefect.client.orchestration import get_client
from prefect.client.schemas.sorting import DeploymentSort, FlowRunSort, FlowSort

with get_client(sync_client=True) as client:
    print([run.name for run in client.read_flow_runs(sort=FlowRunSort.NAME_DESC, limit=2)])
    print([flow.name for flow in client.read_flows(sort=FlowSort.NAME_ASC)])
    print([each.name for each in client.read_deployments(sort=DeploymentSort.NAME_ASC)])
    print(FlowRunSort.NAME_DESC.value, FlowRunSort["NAME_ASC"] == "NAME_ASC", len(list(FlowSort)) > 2)

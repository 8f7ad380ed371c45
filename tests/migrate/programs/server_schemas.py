from prefect.client.orchestration import get_client
from prefect.server.schemas.filters import DeploymentFilter, DeploymentFilterName
from prefect.server.schemas.sorting import FlowRunSort
from prefect.server.schemas.states import StateType

with get_client(sync_client=True) as client:
    where = DeploymentFilter(name=DeploymentFilterName(any_=["hourly"]))
    runs = client.read_flow_runs(deployment_filter=where, sort=FlowRunSort.NAME_ASC)
    print([run.name for run in runs if run.state_type == StateType.COMPLETED])

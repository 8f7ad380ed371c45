from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import DeploymentUpdate
from prefect.client.schemas.responses import DeploymentResponse


def show(deployment: DeploymentResponse) -> None:
    print(deployment.name, deployment.parameters, deployment.work_queue_name, deployment.tags)


with get_client(sync_client=True) as client:
    show(client.read_deployment_by_name("extract/hourly"))
    found = client.read_deployment_by_name("extract/hourly")
    client.update_deployment(found.id, deployment=DeploymentUpdate(tags=["us"], parameters={"day": "friday"}))
    show(client.read_deployment(found.id))

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.objects import FlowRun


def trigger(client: SyncPrefectClient, name: str, **parameters) -> FlowRun:
    deployment = client.read_deployment_by_name(name)
    return client.create_flow_run_from_deployment(deployment.id, parameters=parameters, tags=["by-script"])


with get_client(sync_client=True) as client:
    run = trigger(client, "train/by-hand", epochs=3)
    assert isinstance(run, FlowRun)
    print(run.parameters, run.tags)

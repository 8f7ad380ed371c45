from prefect.client.orchestration import get_client

with get_client(sync_client=True) as client:
    for deployment in client.read_deployments():
        client.pause_deployment(deployment.id)
    print([each.paused for each in client.read_deployments()])
    for deployment in client.read_deployments():
        client.resume_deployment(deployment.id)
    print([each.paused for each in client.read_deployments()])

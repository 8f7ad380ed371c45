from prefect.client.orchestration import get_client

with get_client(sync_client=True) as client:
    names = sorted(run.name for run in client.read_flow_runs())
print(len(names), names[:3])

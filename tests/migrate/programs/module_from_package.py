from prefect.client import orchestration, schemas

with orchestration.get_client(sync_client=True) as client:
    run = client.read_flow_runs(flow_run_filter=schemas.filters.FlowRunFilter(name={"like_": "next"}), limit=1)[0]
    assert isinstance(run, schemas.FlowRun)
    print(run.state.type == schemas.objects.StateType.SCHEDULED)

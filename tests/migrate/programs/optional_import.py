try:
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import FlowFilter
except ImportError:  # pragma: no cover
    get_client = None

if get_client is None:
    raise SystemExit("no client")
with get_client(sync_client=True) as client:
    print(len(client.read_flows(flow_filter=FlowFilter(name={"any_": ["extract"]}))))

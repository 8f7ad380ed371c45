from prefect.client.orchestration import get_client
from prefect.exceptions import PrefectHTTPStatusError

with get_client(sync_client=True) as client:
    flow = client.read_flow_by_name("train")
    client.delete_flow(flow.id)
    try:
        client.read_flow(flow.id)
    except PrefectHTTPStatusError:
        print(sorted(flow.name for flow in client.read_flows()))

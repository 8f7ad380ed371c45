import prefect
from prefect.client.orchestration import get_client

with get_client(sync_client=True) as client:
    print(client.api_version() == prefect.__version__)

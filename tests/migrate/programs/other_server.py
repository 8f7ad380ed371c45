import httpx
from prefect.client.orchestration import get_client
from prefect.settings import PREFECT_API_URL, PREFECT_CLIENT_MAX_RETRIES, temporary_settings

with temporary_settings({PREFECT_API_URL: "http://127.0.0.1:9/api", PREFECT_CLIENT_MAX_RETRIES: 0}):
    with get_client(sync_client=True) as client:
        try:
            client.read_flows()
        except httpx.ConnectError as error:
            print(type(error).__name__)

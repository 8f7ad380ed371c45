from prefect.client.orchestration import get_client
from prefect.settings import PREFECT_API_URL, temporary_settings

url = PREFECT_API_URL.value()
with temporary_settings({PREFECT_API_URL: url}):
    with get_client(sync_client=True) as client:
        print(str(client.api_url).rstrip("/") == url.rstrip("/"), client.hello().status_code)

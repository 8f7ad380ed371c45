import httpx
from prefect.client.orchestration import get_client
from prefect.exceptions import PrefectHTTPStatusError

with get_client(sync_client=True) as client:
    try:
        client.request("GET", "/flows/{id}", path_params={"id": "none"})
    except PrefectHTTPStatusError as error:
        print(error.response.status_code, isinstance(error, httpx.HTTPStatusError))

"""Routes that have no method, through the client's own connection."""

import asyncio

from prefect.client.orchestration import get_client
from prefect.exceptions import PrefectHTTPStatusError


async def main():
    async with get_client() as client:
        response = await client._client.post(
            "/flow_runs/count", json={"flow_runs": {"state": {"type": {"any_": ["FAILED"]}}}}
        )
        response.raise_for_status()
        print(response.status_code, response.json())
        page = await client.request("POST", "/flows/paginate", json={"limit": 2, "page": 1, "sort": "NAME_ASC"})
        print(page.json()["count"], [flow["name"] for flow in page.json()["results"]])
        named = await client.request("GET", "/flows/name/{name}", path_params={"name": "extract"})
        print(named.json()["name"])
        try:
            await client._client.get("/flows/name/none")
        except PrefectHTTPStatusError as error:
            print(error.response.status_code, error.response.json())
        print(await client.api_healthcheck(), (await client.hello()).json(), client.server_type.value)


asyncio.run(main())

import asyncio

from prefect import get_client


async def main():
    async with get_client() as client:
        response = await client._client.post("/flows/filter", json={"limit": 2, "sort": "NAME_ASC"})
        response.raise_for_status()
        print(response.status_code, [flow["name"] for flow in response.json()])
        response = await client._client.get("/admin/version")
        print(response.json() == await client.api_version())


asyncio.run(main())

import asyncio
from uuid import uuid4

from prefect import get_client
from prefect.exceptions import ObjectNotFound


async def main():
    async with get_client() as client:
        for call in (client.read_flow_run, client.read_deployment):
            try:
                await call(uuid4())
            except ObjectNotFound as error:
                print(type(error).__name__, error.http_exc.response.status_code)


asyncio.run(main())

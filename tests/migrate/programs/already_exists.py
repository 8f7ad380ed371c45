import asyncio

from prefect import exceptions
from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import BlockTypeCreate


async def main():
    async with get_client() as client:
        try:
            await client.create_block_type(BlockTypeCreate(name="Warehouse", slug="warehouse"))
        except exceptions.ObjectAlreadyExists:
            print("it is there")
        try:
            await client.read_block_type_by_slug("nothing")
        except exceptions.ObjectNotFound:
            print("it is not")


asyncio.run(main())

import asyncio

from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import WorkPoolCreate, WorkPoolUpdate
from prefect.exceptions import ObjectAlreadyExists


async def main():
    async with get_client() as client:
        try:
            await client.create_work_pool(work_pool=WorkPoolCreate(name="kube", type="kubernetes"))
        except ObjectAlreadyExists:
            print("there already")
        await client.create_work_pool(work_pool=WorkPoolCreate(name="local", type="process"))
        await client.update_work_pool("local", WorkPoolUpdate(is_paused=True, concurrency_limit=7))
        pool = await client.read_work_pool("local")
        print(pool.is_paused, pool.concurrency_limit, pool.type)
        await client.delete_work_pool("local")


asyncio.run(main())

"""Add a variable to the template of a work pool, and use it there."""

import asyncio

from prefect import get_client
from prefect.client.schemas.actions import WorkPoolCreate, WorkPoolUpdate

TEMPLATE = {"variables": {"type": "object", "properties": {}}, "job_configuration": {"image": "small"}}


async def add_variable() -> None:
    async with get_client() as client:
        await client.create_work_pool(WorkPoolCreate(name="tasks", type="ecs", base_job_template=TEMPLATE))
        template = (await client.read_work_pool(work_pool_name="tasks")).base_job_template
        template["variables"]["properties"]["definition"] = {"type": "object", "title": "Definition", "default": {}}
        template["job_configuration"]["definition"] = "{{ definition }}"
        await client.update_work_pool(
            work_pool_name="tasks", work_pool=WorkPoolUpdate(base_job_template=template, description="own tasks")
        )
        pool = await client.read_work_pool("tasks")
        print(pool.base_job_template, pool.description, pool.is_paused)


asyncio.run(add_variable())

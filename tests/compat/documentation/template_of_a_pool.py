"""Bring the template of a work pool up to the newest of its type, and keep what was changed in it."""

import asyncio

from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import WorkPoolCreate, WorkPoolUpdate

CHANGED = {"variables": {"properties": {"own": {"default": 1}}}, "job_configuration": {"own": "{{ own }}"}}


def merged(new: dict, old: dict) -> dict:
    both = {name for name in new if isinstance(new[name], dict) and isinstance(old.get(name), dict)}
    return {**new, **old, **{name: merged(new[name], old[name]) for name in both}}


async def update(name: str) -> None:
    async with get_client() as client:
        await client.create_work_pool(WorkPoolCreate(name=name, type="process", base_job_template=CHANGED))
        metadata = await client.read_worker_metadata()
        pool = await client.read_work_pool(name)
        for types in metadata.values():
            if pool.type in types:
                newest = types[pool.type]["default_base_job_configuration"]
                break
        else:
            raise ValueError(pool.type)
        template = merged(newest, pool.base_job_template)
        await client.update_work_pool(name, work_pool=WorkPoolUpdate(base_job_template=template))
        stored = (await client.read_work_pool(name)).base_job_template
        print(sorted(stored["job_configuration"]), sorted(stored["variables"]["properties"]))


asyncio.run(update("processes"))

"""Change the defaults in the template of a work pool."""

import asyncio

from prefect import get_client
from prefect.client.schemas.actions import WorkPoolUpdate

NETWORK = {"subnets": {"default": ["subnet-1", "subnet-2"]}}


async def set_defaults() -> None:
    async with get_client() as client:
        pool = await client.read_work_pool("kube")
        template = pool.base_job_template
        template.setdefault("job_configuration", {"cluster": "{{ cluster }}"})
        variables = template.setdefault("variables", {})
        properties = variables.setdefault("properties", {})
        properties["cluster"] = {"default": "main"}
        network = properties.setdefault("network", {}).setdefault("properties", {})
        network.setdefault("vpc", {}).setdefault("properties", {}).update(NETWORK)
        await client.update_work_pool("kube", WorkPoolUpdate(base_job_template=template))
        stored = await client.read_work_pool("kube")
        print(stored.base_job_template, stored.concurrency_limit)


asyncio.run(set_defaults())

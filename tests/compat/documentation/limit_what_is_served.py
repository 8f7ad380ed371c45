"""The same for a flow that is served: as `serve` registers it, without the process that waits for runs."""

import asyncio

from prefect import flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
from prefect.runner import Runner

LIMITS = {
    "by-number": 3,
    "by-config": ConcurrencyLimitConfig(limit=4, collision_strategy=ConcurrencyLimitStrategy.ENQUEUE),
}


@flow
def served() -> None: ...


async def main() -> None:
    runner = Runner(name="served")
    async with get_client() as client:
        for name, limit in LIMITS.items():
            deployment = await client.read_deployment(await runner.add_flow(served, name, concurrency_limit=limit))
            options = deployment.concurrency_options
            print(deployment.name, deployment.global_concurrency_limit.limit, options and options.collision_strategy)


asyncio.run(main())

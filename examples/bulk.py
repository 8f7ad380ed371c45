"""Many calls at a time: create flow runs, look at each of them, and delete them again.

    python examples/bulk.py 200

Talks to the server that the settings name (`PREFECT_API_URL`), or else to the embedded one.
"""

from __future__ import annotations

import asyncio
import sys
from uuid import UUID, uuid4

from prefectkit import AsyncPrefect, Prefect
from prefectkit.errors import NotFound
from prefectkit.models import Completed, FlowRunCreate

NOBODY = UUID("00000000-0000-4000-8000-000000000000")


def progress(ended: int, failed: int, total: int | None) -> None:
    print(f"\r{ended} of {total} done, {failed} failed", end="\n" if ended == total else "", flush=True)


def create(runs: int) -> list[UUID]:
    """The blocking client, with eight threads."""
    with Prefect() as client:
        flow = client.flows.create(name=f"bulk-{uuid4().hex[:8]}")
        rows = [FlowRunCreate(flow_id=flow.id, name=f"run-{n}", state=Completed()) for n in range(runs)]
        made = client.bulk(client.flow_runs.create, rows, in_flight=8, progress=progress).results()
        return [run.id for run in made]


async def look_and_delete(ids: list[UUID]) -> None:
    """The async client, with as many tasks; a call that fails is an outcome like any other."""
    async with AsyncPrefect() as client:
        async for outcome in client.bulk(client.flow_runs.read, [*ids, NOBODY]):
            if isinstance(outcome.error, NotFound):
                print(f"no such run: {outcome.item}")
            else:
                outcome.result()
        deleted = await client.bulk(client.flow_runs.delete, ids, in_flight=8).results()
        print(f"{len(deleted)} runs deleted")


if __name__ == "__main__":
    asyncio.run(look_and_delete(create(int(sys.argv[1]) if len(sys.argv) > 1 else 200)))

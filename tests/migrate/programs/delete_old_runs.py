import argparse
import asyncio

from prefect import get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterState, FlowRunFilterStateType
from prefect.client.schemas.objects import StateType
from prefect.exceptions import ObjectNotFound


async def main(limit: int):
    done = FlowRunFilter(state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.COMPLETED])))
    async with get_client() as client:
        runs = await client.read_flow_runs(flow_run_filter=done, limit=limit)
        for run in [*runs, *runs]:
            try:
                await client.delete_flow_run(run.id)
            except ObjectNotFound:
                print("gone")
        print(len(await client.read_flow_runs(flow_run_filter=done)))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--limit", type=int, default=4)
    asyncio.run(main(parser.parse_args([]).limit))

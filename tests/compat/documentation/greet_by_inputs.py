"""Two parties that send each other inputs, with a client that no `async with` opens."""

import asyncio

from prefect import flow, get_client
from prefect.context import get_run_context
from prefect.input.run_input import receive_input, send_input
from prefect.states import Running

END = "end"


@flow
async def greeter(names: list[str]) -> None:
    own_id = get_run_context().flow_run.id
    client = get_client()
    run = await client.read_flow_run(own_id)
    print(run.state.is_running())
    other = await client.create_flow_run(greeter, name="other", state=Running())
    for name in [*names, END]:
        await send_input(name, flow_run_id=other.id)
    keys = []
    async for received in receive_input(str, flow_run_id=other.id, with_metadata=True, poll_interval=0.1, timeout=None):
        if received.value == END:
            break
        keys.append(received.metadata.key)
        print("Hello,", received.value)
    print(len(set(keys)), (await client.read_flow_run(other.id)).name)


asyncio.run(greeter(["Ada", "Alan"]))

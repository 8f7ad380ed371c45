import asyncio

from prefect.blocks.system import Secret


async def main() -> None:
    await Secret(value="t0ken").save("api", overwrite=True)
    block = await Secret.load("api")
    print(block.get())


asyncio.run(main())

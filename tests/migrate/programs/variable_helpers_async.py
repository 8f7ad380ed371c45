import asyncio

from prefect.variables import Variable


async def main():
    await Variable.aset("limits", {"cpu": 4, "memory": [1, 2]})
    print(await Variable.aget("limits"))
    print(await Variable.aunset("limits"), await Variable.aget("limits"))


asyncio.run(main())

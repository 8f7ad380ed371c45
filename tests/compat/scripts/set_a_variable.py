"""Set variables, whether they are there or not."""

import asyncio

from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import VariableCreate, VariableUpdate
from prefect.exceptions import ObjectAlreadyExists, ObjectNotFound


async def put(client, name, value, tags=()):
    if await client.read_variable_by_name(name) is None:
        made = await client.create_variable(VariableCreate(name=name, value=value, tags=list(tags)))
        return f"made {made.name}"
    await client.update_variable(VariableUpdate(name=name, value=value))
    return f"changed {name}"


async def main():
    async with get_client() as client:
        print(await put(client, "environment", "production"))
        print(await put(client, "limits", {"rows": 10, "names": ["a", "b"]}, ["team"]))
        try:
            await client.create_variable(VariableCreate(name="environment", value="x"))
        except ObjectAlreadyExists:
            print("environment is there")
        for variable in sorted(await client.read_variables(limit=50), key=lambda variable: variable.name):
            print(variable.name, variable.value, variable.tags)
        await client.delete_variable_by_name("limits")
        try:
            await client.delete_variable_by_name("limits")
        except ObjectNotFound:
            print("limits is gone")


asyncio.run(main())

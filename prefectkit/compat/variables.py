"""`Variable`, as `prefect.variables` has it."""

from __future__ import annotations

from typing import Any

import msgspec

from prefectkit.compat.async_dispatch import async_class_method, async_dispatch, open_client
from prefectkit.compat.errors import ObjectNotFound

JSONValue = Any
"""Text, a number, a boolean, None, or lists and dicts of them."""


class Variable(msgspec.Struct):
    """A variable: a named JSON value that is stored by the API.

    `get`, `set` and `unset` block, or return a coroutine where an event loop runs; `aget`, `aset` and `aunset` are
    always awaited.

    Attributes:
        name: Its name.
        value: Its value.
        tags: Its tags; None if not known.
    """

    name: str
    value: JSONValue
    tags: list[str] | None = None

    @async_class_method
    async def aget(cls, name: str, default: JSONValue = None) -> JSONValue:
        """Read the value of a variable (`GET /variables/name/{name}`).

        Args:
            name: The variable's name.
            default: What is returned if there is none.

        Raises:
            PrefectHTTPStatusError: The server refused.
        """
        async with open_client() as client:
            variable = await client.read_variable_by_name(name)
        return default if variable is None else variable.value

    @async_class_method
    async def aset(
        cls, name: str, value: JSONValue, tags: list[str] | None = None, overwrite: bool = False
    ) -> Variable:
        """Create a variable, or change it (`POST /variables/`, `PATCH /variables/name/{name}`).

        Args:
            name: The variable's name.
            value: Its value.
            tags: Its tags. Default: none, also in place of those that it has.
            overwrite: Whether to change a variable that exists.

        Returns:
            The variable.

        Raises:
            ValueError: It exists, and `overwrite` is off.
            PrefectHTTPStatusError: The server refuses the name or the value.
        """
        fields = {"name": name, "value": value, "tags": tags or []}
        async with open_client() as client:
            if await client.read_variable_by_name(name) is None:
                await client.create_variable(fields)
                return Variable(name, value, tags or [])
            if not overwrite:
                raise ValueError(f"Variable {name!r} already exists. Use `overwrite=True` to update it.")
            await client.update_variable(fields)
            variable = await client.read_variable_by_name(name)
        return (
            Variable(name, value, tags or [])
            if variable is None
            else Variable(variable.name, variable.value, variable.tags)
        )

    @async_class_method
    async def aunset(cls, name: str) -> bool:
        """Delete a variable (`DELETE /variables/name/{name}`).

        Args:
            name: The variable's name.

        Returns:
            Whether there was one.

        Raises:
            PrefectHTTPStatusError: The server refused.
        """
        async with open_client() as client:
            try:
                await client.delete_variable_by_name(name)
            except ObjectNotFound:
                return False
        return True

    get = async_dispatch(aget)
    set = async_dispatch(aset)
    unset = async_dispatch(aunset)

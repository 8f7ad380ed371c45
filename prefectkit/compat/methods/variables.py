"""Variables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prefectkit import models
from prefectkit.compat.bodies import taken
from prefectkit.compat.errors import ObjectAlreadyExists, ObjectNotFound
from prefectkit.compat.flat import Flat, flat
from prefectkit.compat.given import Given
from prefectkit.core.endpoint import M
from prefectkit.core.errors import NotFound

if TYPE_CHECKING:
    from prefectkit.models.variables import Variable, VariableCreate, VariableUpdate


class VariableMethods(Flat[M]):
    """The flat methods about variables. No error repeats what is sent."""

    @flat(conflict=ObjectAlreadyExists)
    async def create_variable(self, variable: Given[VariableCreate]) -> Variable:
        """Create a variable.

        Args:
            variable: A `VariableCreate`, or a variable that was read.

        Raises:
            ObjectAlreadyExists: There is one of this name.
        """
        return await self._api.variables.create(**taken(variable, models.VariableCreate))

    @flat()
    async def read_variable_by_name(self, name: str) -> Variable | None:
        """Read a variable by its name.

        Args:
            name: The name of the variable.

        Returns:
            The variable; None if there is none.
        """
        try:
            return await self._api.variables.read_by_name(name)
        except NotFound:
            return None

    @flat()
    async def read_variables(self, limit: int | None = None) -> list[Variable]:
        """List variables.

        Args:
            limit: At most this many. Default: all, on as many pages as they take.
        """
        if limit is None:
            return [variable async for variable in self._api.variables.iterate()]
        return await self._api.variables.list(limit=limit)

    @flat()
    async def update_variable(self, variable: Given[VariableUpdate]) -> None:
        """Change the variable of a name.

        Args:
            variable: A `VariableUpdate` with the name, or a variable that was read; what it has not set stays.

        Raises:
            PrefectHTTPStatusError: There is no variable of this name.
            ValueError: It has no name.
        """
        changes = taken(variable, models.VariableUpdate)
        return await self._api.variables.update_by_name(changes.pop("name", None), **changes)

    @flat(not_found=ObjectNotFound)
    async def delete_variable_by_name(self, name: str) -> None:
        """Delete the variable of a name.

        Args:
            name: The name of the variable.

        Raises:
            ObjectNotFound: There is none.
        """
        return await self._api.variables.delete_by_name(name)

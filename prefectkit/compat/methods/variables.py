"""Variables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prefectkit import models
from prefectkit.compat.arguments import ModelLike, fields_for
from prefectkit.compat.client_method import MethodGroup, client_method
from prefectkit.compat.errors import ObjectAlreadyExists, ObjectNotFound
from prefectkit.compat.name_checks import check_variable_name
from prefectkit.core.endpoint import M
from prefectkit.core.errors import NotFound, UnaddressableNameError

if TYPE_CHECKING:
    from prefectkit.models.variables import Variable, VariableCreate, VariableUpdate


class VariableMethods(MethodGroup[M]):
    """The flat methods about variables. No error repeats what is sent."""

    @client_method(conflict=ObjectAlreadyExists)
    async def create_variable(self, variable: ModelLike[VariableCreate]) -> Variable:
        """Create a variable.

        Args:
            variable: A `VariableCreate`, or a variable that was read.

        Raises:
            ObjectAlreadyExists: There is one of this name.
            ValueError: The server does not accept the name.
        """
        fields = fields_for(variable, models.VariableCreate)
        check_variable_name(fields.get("name"))
        return await self._api.variables.create(**fields)

    @client_method()
    async def read_variable_by_name(self, name: str) -> Variable | None:
        """Read a variable by its name.

        Args:
            name: The name of the variable.

        Returns:
            The variable; None if there is none.
        """
        try:
            return await self._api.variables.read_by_name(name)
        except (NotFound, UnaddressableNameError):
            return None

    @client_method()
    async def read_variables(self, limit: int | None = None) -> list[Variable]:
        """List variables.

        Args:
            limit: At most this many. Default: all, page after page.
        """
        if limit is None:
            return [variable async for variable in self._api.variables.iterate()]
        return await self._api.variables.list(limit=limit)

    @client_method()
    async def update_variable(self, variable: ModelLike[VariableUpdate]) -> None:
        """Change the variable of a name.

        Args:
            variable: A `VariableUpdate` with the name, or a variable that was read; unset fields stay.

        Raises:
            PrefectHTTPStatusError: There is no variable of this name.
            ValueError: It has no name, or one that the server does not accept.
        """
        changes = fields_for(variable, models.VariableUpdate)
        check_variable_name(changes.get("name"))
        return await self._api.variables.update_by_name(changes.pop("name", None), **changes)

    @client_method(not_found=ObjectNotFound)
    async def delete_variable_by_name(self, name: str) -> None:
        """Delete the variable of a name.

        Args:
            name: The name of the variable.

        Raises:
            ObjectNotFound: There is none.
        """
        return await self._api.variables.delete_by_name(name)

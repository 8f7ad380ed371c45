"""Variables: `client.variables`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

from msgspec import UNSET

from prefectkit.core.endpoint import Async, M, Resource, endpoint, iterating
from prefectkit.core.keywords import keywords
from prefectkit.core.operation import ReadBack
from prefectkit.core.pagination.pages import Rows, every_row
from prefectkit.core.retries.policy import RetrySafety
from prefectkit.models.variables import Variable, VariableCreate, VariableQuery, VariableSelection, VariableUpdate


class Variables(Resource[M]):
    """Variables: named JSON values. Their value is not in their `repr`."""

    group = "variables"

    @endpoint("POST", "/variables/", RetrySafety.CONFLICT, read_back=ReadBack("/variables/name/{name}"))
    @keywords(VariableCreate)
    async def create(self, variable: VariableCreate) -> Variable:
        """Create a variable (`POST /variables/`).

        Args:
            name: The name, at most 255 lower-case letters, digits, dashes and underscores.
            value: The value, as JSON, at most 5000 characters long.
            tags: The tags. Default: none.

        Returns:
            The variable.

        Raises:
            Conflict: The name is taken.
        """
        return await self._call(Variable, body=variable)

    @endpoint("GET", "/variables/{id:uuid}")
    async def read(self, variable_id: UUID | str) -> Variable:
        """Read a variable (`GET /variables/{id}`).

        Args:
            variable_id: The variable's id.

        Returns:
            The variable.

        Raises:
            NotFound: There is no such variable.
        """
        return await self._call(Variable, id=variable_id)

    @endpoint("GET", "/variables/name/{name}")
    async def read_by_name(self, variable_name: str) -> Variable:
        """Read a variable by its name (`GET /variables/name/{name}`).

        Args:
            variable_name: The exact name.

        Returns:
            The variable.

        Raises:
            NotFound: There is no such variable.
            UnaddressableNameError: The name cannot stand in a URL.
        """
        return await self._call(Variable, name=variable_name)

    @endpoint("PATCH", "/variables/{id:uuid}", RetrySafety.IDEMPOTENT)
    @keywords(VariableUpdate)
    async def update(self, variable_id: UUID | str, variable: VariableUpdate) -> None:
        """Update a variable (`PATCH /variables/{id}`). Fields not given stay unchanged.

        Args:
            variable_id: The variable's id.
            name: The name, at most 255 lower-case letters, digits, dashes and underscores. Default: unchanged.
            value: The value, as JSON, at most 5000 characters long. Default: unchanged.
            tags: The tags, which replace all others. Default: unchanged.

        Raises:
            NotFound: There is no such variable.
        """
        return await self._call(type(None), id=variable_id, body=variable)

    @endpoint("PATCH", "/variables/name/{name}", RetrySafety.IDEMPOTENT)
    @keywords(VariableUpdate)
    async def update_by_name(self, variable_name: str, variable: VariableUpdate) -> None:
        """Update a variable by its name (`PATCH /variables/name/{name}`). Fields not given stay unchanged.

        Args:
            variable_name: The exact name.
            name: The name, at most 255 lower-case letters, digits, dashes and underscores. Default: unchanged.
            value: The value, as JSON, at most 5000 characters long. Default: unchanged.
            tags: The tags, which replace all others. Default: unchanged.

        Raises:
            NotFound: There is no such variable.
            UnaddressableNameError: The name cannot stand in a URL.
        """
        # With a new name the path no longer finds it, so a second copy would fail.
        retry_safety = None if variable.name is UNSET else RetrySafety.NEVER
        return await self._call(type(None), name=variable_name, body=variable, retry_safety=retry_safety)

    @endpoint("DELETE", "/variables/{id:uuid}")
    async def delete(self, variable_id: UUID | str) -> None:
        """Delete a variable (`DELETE /variables/{id}`).

        Args:
            variable_id: The variable's id.

        Raises:
            NotFound: There is no such variable.
        """
        return await self._call(type(None), id=variable_id)

    @endpoint("DELETE", "/variables/name/{name}")
    async def delete_by_name(self, variable_name: str) -> None:
        """Delete a variable by its name (`DELETE /variables/name/{name}`).

        Args:
            variable_name: The exact name.

        Raises:
            NotFound: There is no such variable.
            UnaddressableNameError: The name cannot stand in a URL.
        """
        return await self._call(type(None), name=variable_name)

    @endpoint("POST", "/variables/filter", RetrySafety.READ)
    @keywords(VariableQuery)
    async def list(self, query: VariableQuery) -> Rows[Variable]:
        """List one page of variables (`POST /variables/filter`).

        Args:
            variables: A filter on the variables. Default: all.
            sort: The order. Default: `NAME_ASC`.
            limit: At most this many rows. Default: the server's page size, usually 200, which is also the maximum.
            offset: How many rows to skip. Default: 0.

        Returns:
            The variables of the page, at most the server's limit (200 by default).

        Raises:
            UnprocessableEntity: `limit` exceeds the server's maximum.
        """
        return await self._call(list[Variable], body=query)

    @iterating
    @keywords(VariableQuery)
    def iterate(self: Variables[Async], query: VariableQuery) -> AsyncIterator[Variable]:
        """Iterate over all variables, page after page (`POST /variables/filter`).

        Variables created or deleted meanwhile may be missed or returned twice: pages are counted by offset.

        Args:
            variables: A filter on the variables. Default: all.
            sort: The order. Default: `NAME_ASC`.
            limit: At most this many in all, over all pages. Default: no limit.
            offset: How many rows to skip. Default: 0.

        Yields:
            The variables.
        """
        return every_row(self.list, query, self._ahead)

    @endpoint("POST", "/variables/count", RetrySafety.READ)
    @keywords(VariableSelection)
    async def count(self, selection: VariableSelection) -> int:
        """Count variables (`POST /variables/count`).

        Args:
            variables: A filter on the variables. Default: all.

        Returns:
            The count.
        """
        return await self._call(int, body=selection)

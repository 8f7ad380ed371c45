"""Global concurrency limits."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from prefectkit.compat.arguments import ModelLike, or_unset, to_fields, without_none
from prefectkit.compat.client_method import MethodGroup, client_method
from prefectkit.compat.errors import ObjectAlreadyExists, ObjectNotFound
from prefectkit.compat.name_checks import check_title
from prefectkit.compat.raw_response import raw_response
from prefectkit.core.endpoint import M
from prefectkit.core.errors import NotFound

if TYPE_CHECKING:
    import httpx

    from prefectkit.models.global_concurrency_limits import (
        GlobalConcurrencyLimitCreate,
        GlobalConcurrencyLimitResponse,
        GlobalConcurrencyLimitUpdate,
    )


class GlobalConcurrencyLimitMethods(MethodGroup[M]):
    """The flat methods about global concurrency limits."""

    @client_method(conflict=ObjectAlreadyExists, creates=True)
    async def create_global_concurrency_limit(self, concurrency_limit: ModelLike[GlobalConcurrencyLimitCreate]) -> UUID:
        """Create a concurrency limit.

        Args:
            concurrency_limit: The limit to create, a `GlobalConcurrencyLimitCreate`.

        Returns:
            The limit's id.

        Raises:
            ObjectAlreadyExists: There is one of that name.
            ValueError: The server does not accept the name.
        """
        fields = to_fields(concurrency_limit)
        check_title("name", fields.get("name"))
        return (await self._api.global_concurrency_limits.create(**fields)).id

    @client_method(not_found=ObjectNotFound)
    async def update_global_concurrency_limit(
        self, name: str, concurrency_limit: ModelLike[GlobalConcurrencyLimitUpdate]
    ) -> httpx.Response:
        """Change a concurrency limit.

        Args:
            name: The limit's name.
            concurrency_limit: What changes; unset fields stay.

        Returns:
            The HTTP response, 204.

        Raises:
            ObjectNotFound: There is no such limit.
            ValueError: The server does not accept the new name.
        """
        fields = to_fields(concurrency_limit)
        check_title("name", fields.get("name"))
        return await raw_response(self._api.global_concurrency_limits.update(name, **fields))

    @client_method(not_found=ObjectNotFound)
    async def delete_global_concurrency_limit_by_name(self, name: str) -> httpx.Response:
        """Delete a concurrency limit.

        Args:
            name: The name of the limit.

        Returns:
            The HTTP response, 204.

        Raises:
            ObjectNotFound: There is none.
        """
        return await raw_response(self._api.global_concurrency_limits.delete(name))

    @client_method(not_found=ObjectNotFound)
    async def read_global_concurrency_limit_by_name(self, name: str) -> GlobalConcurrencyLimitResponse:
        """Read a concurrency limit.

        Args:
            name: The name of the limit.

        Raises:
            ObjectNotFound: There is none.
        """
        return await self._api.global_concurrency_limits.read(name)

    @client_method(not_found=ObjectNotFound, conflict=ObjectAlreadyExists)
    async def upsert_global_concurrency_limit_by_name(
        self, name: str, limit: int, slot_decay_per_second: float | None = None
    ) -> None:
        """Create a concurrency limit, or change the one of this name where it differs. This is not atomic.

        Args:
            name: The limit's name.
            limit: How many slots it has.
            slot_decay_per_second: How many slots a second are released with time. None: none for a new limit, and
                unchanged for an existing one.

        Raises:
            ObjectNotFound: It was deleted meanwhile.
            ObjectAlreadyExists: It was created meanwhile.
            ValueError: The server does not accept the name.
        """
        check_title("name", name)
        limits = self._api.global_concurrency_limits
        wanted = without_none(limit=limit, slot_decay_per_second=slot_decay_per_second)
        try:
            there = await limits.read(name)
        except NotFound:
            await limits.create(name=name, **wanted)
        else:
            if any(getattr(there, field) != value for field, value in wanted.items()):
                await limits.update(name, **wanted)

    @client_method()
    async def read_global_concurrency_limits(
        self, limit: int = 10, offset: int = 0
    ) -> list[GlobalConcurrencyLimitResponse]:
        """List concurrency limits.

        Args:
            limit: At most this many.
            offset: How many to skip.
        """
        return await self._api.global_concurrency_limits.list(limit=or_unset(limit), offset=or_unset(offset))

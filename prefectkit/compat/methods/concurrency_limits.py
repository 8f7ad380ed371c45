"""Concurrency limits of task runs, by tag."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from prefectkit.compat.arguments import or_unset
from prefectkit.compat.client_method import MethodGroup, client_method
from prefectkit.compat.errors import ObjectNotFound
from prefectkit.compat.raw_response import raw_response
from prefectkit.core.endpoint import M

if TYPE_CHECKING:
    import httpx

    from prefectkit.models.concurrency_limits import ConcurrencyLimit


class ConcurrencyLimitMethods(MethodGroup[M]):
    """The flat methods about how many task runs with a tag may run at once."""

    @client_method(creates=True)
    async def create_concurrency_limit(self, tag: str, concurrency_limit: int) -> UUID:
        """Limit a tag, or change its limit.

        Args:
            tag: The tag.
            concurrency_limit: How many task runs with the tag may run at once.

        Returns:
            The limit's id.
        """
        return (await self._api.concurrency_limits.create(tag=tag, concurrency_limit=concurrency_limit)).id

    @client_method(not_found=ObjectNotFound, creates=True)
    async def read_concurrency_limit_by_tag(self, tag: str) -> ConcurrencyLimit:
        """Read the limit of a tag.

        Args:
            tag: The tag.

        Raises:
            ObjectNotFound: There is none.
        """
        return await self._api.concurrency_limits.read_by_tag(tag)

    @client_method()
    async def read_concurrency_limits(self, limit: int, offset: int) -> list[ConcurrencyLimit]:
        """List the limits of tags.

        Args:
            limit: At most this many.
            offset: How many to skip.
        """
        return await self._api.concurrency_limits.list(limit=or_unset(limit), offset=or_unset(offset))

    @client_method(not_found=ObjectNotFound)
    async def reset_concurrency_limit_by_tag(self, tag: str, slot_override: Sequence[UUID | str] | None = None) -> None:
        """Reset the slots of a tag.

        Args:
            tag: The tag.
            slot_override: The task runs that hold a slot each. One that does not run never releases it.

        Raises:
            ObjectNotFound: The tag has no limit.
        """
        return await self._api.concurrency_limits.reset_by_tag(tag, slot_override=or_unset(slot_override))

    @client_method(not_found=ObjectNotFound)
    async def delete_concurrency_limit_by_tag(self, tag: str) -> None:
        """Delete the limit of a tag.

        Args:
            tag: The tag.

        Raises:
            ObjectNotFound: There is none.
        """
        return await self._api.concurrency_limits.delete_by_tag(tag)

    @client_method()
    async def increment_v1_concurrency_slots(self, names: Sequence[str], task_run_id: UUID | str) -> httpx.Response:
        """Acquire a slot of each tag for a task run.

        Args:
            names: The tags.
            task_run_id: The task run.

        Returns:
            The HTTP response; its JSON is the limits whose slots were taken.

        Raises:
            PrefectHTTPStatusError: No slot is free: 423, and the `Retry-After` header says when to ask again.
        """
        return await raw_response(self._api.concurrency_limits.increment(names=names, task_run_id=task_run_id))

    @client_method()
    async def decrement_v1_concurrency_slots(
        self, names: Sequence[str], task_run_id: UUID | str, occupancy_seconds: float
    ) -> httpx.Response:
        """Release the slots of a task run.

        Args:
            names: The tags.
            task_run_id: The task run.
            occupancy_seconds: Of no effect: the API does not ask how long the slots were taken.

        Returns:
            The HTTP response; its JSON is the limits of these tags.
        """
        return await raw_response(self._api.concurrency_limits.decrement(names=names, task_run_id=task_run_id))

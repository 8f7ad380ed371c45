"""Automations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from prefectkit import models
from prefectkit.compat.arguments import ModelLike, fields_for, without_none
from prefectkit.compat.client_method import MethodGroup, client_method
from prefectkit.compat.errors import ObjectNotFound
from prefectkit.core.endpoint import M

if TYPE_CHECKING:
    from prefectkit.models.automations import Automation, AutomationCreate, AutomationUpdate
    from prefectkit.models.filters import AutomationFilter, AutomationSort


class AutomationMethods(MethodGroup[M]):
    """The flat methods about automations."""

    @client_method()
    async def create_automation(self, automation: ModelLike[AutomationCreate]) -> UUID:
        """Create an automation.

        Args:
            automation: An `AutomationCreate`, or an automation that was read.

        Returns:
            The automation's id.
        """
        return (await self._api.automations.create(**fields_for(automation, models.AutomationCreate))).id

    @client_method()
    async def update_automation(self, automation_id: UUID | str, automation: ModelLike[AutomationUpdate]) -> None:
        """Change an automation. Its triggers start from an empty state.

        Args:
            automation_id: The automation's id.
            automation: An `AutomationUpdate`, or an automation that was read; unset fields stay.

        Raises:
            PrefectHTTPStatusError: There is no such automation.
        """
        return await self._api.automations.update(automation_id, **fields_for(automation, models.AutomationUpdate))

    @client_method()
    async def read_automations(
        self,
        *,
        automations: ModelLike[AutomationFilter] | None = None,
        sort: AutomationSort | None = None,
        limit: int | None = None,
        offset: int = 0,
    ) -> list[Automation]:
        """List automations.

        Args:
            automations: Which automations.
            sort: The order. Default: by name.
            limit: At most this many. Default: the server's page size, usually 200.
            offset: How many to skip.
        """
        query = without_none(automations=automations, sort=sort, limit=limit)
        return await self._api.automations.list(**query, offset=offset)

    @client_method(not_found=ObjectNotFound)
    async def find_automation(self, id_or_name: str | UUID) -> Automation | None:
        """Read an automation by its id or its name.

        Args:
            id_or_name: The id or the name. Without an exact match, case is ignored.

        Returns:
            The automation; None if none has this name.

        Raises:
            ObjectNotFound: None has this id.
        """
        if (automation_id := _id(id_or_name)) is not None:
            return await self._api.automations.read(automation_id)
        name = str(id_or_name).lower()
        alike = [automation async for automation in self._api.automations.iterate() if automation.name.lower() == name]
        same = (automation for automation in alike if automation.name == id_or_name)
        return next(same, alike[0] if alike else None)

    @client_method()
    async def read_automation(self, automation_id: UUID | str) -> Automation:
        """Read an automation.

        Args:
            automation_id: The automation's id.

        Raises:
            PrefectHTTPStatusError: There is none.
        """
        return await self._api.automations.read(automation_id)

    @client_method()
    async def read_automations_by_name(self, name: str) -> list[Automation]:
        """List the automations of a name, the last changed first.

        Args:
            name: The name of the automations.
        """
        query: dict[str, Any] = {"automations": {"name": {"any_": [name]}}, "sort": "UPDATED_DESC"}
        return await self._api.automations.list(**query)

    @client_method()
    async def pause_automation(self, automation_id: UUID | str) -> None:
        """Disable an automation.

        Args:
            automation_id: The automation's id.

        Raises:
            PrefectHTTPStatusError: There is none.
        """
        return await self._api.automations.patch(automation_id, enabled=False)

    @client_method()
    async def resume_automation(self, automation_id: UUID | str) -> None:
        """Enable an automation.

        Args:
            automation_id: The automation's id.

        Raises:
            PrefectHTTPStatusError: There is none.
        """
        return await self._api.automations.patch(automation_id, enabled=True)

    @client_method()
    async def delete_automation(self, automation_id: UUID | str) -> None:
        """Delete an automation.

        Args:
            automation_id: The automation's id.

        Raises:
            PrefectHTTPStatusError: There is none.
        """
        return await self._api.automations.delete(automation_id)

    @client_method()
    async def read_resource_related_automations(self, resource_id: str) -> list[Automation]:
        """List the automations that refer to a resource.

        Args:
            resource_id: The resource's id, such as `prefect.deployment.<uuid>`.
        """
        return await self._api.automations.list_related_to(resource_id)

    @client_method()
    async def delete_resource_owned_automations(self, resource_id: str) -> None:
        """Delete the automations that a resource owns, if there are any.

        Args:
            resource_id: The resource's id, such as `prefect.deployment.<uuid>`.
        """
        return await self._api.automations.delete_owned_by(resource_id)


def _id(id_or_name: str | UUID) -> UUID | None:
    if isinstance(id_or_name, UUID):
        return id_or_name
    try:
        return UUID(id_or_name)
    except ValueError:
        return None

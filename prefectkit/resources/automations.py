"""Automations: `client.automations`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

from prefectkit.core.endpoint import Async, M, Resource, endpoint, iterating
from prefectkit.core.keywords import keywords
from prefectkit.core.pagination.pages import Rows, every_row
from prefectkit.core.retries.policy import RetrySafety
from prefectkit.models.automations import (
    Automation,
    AutomationCreate,
    AutomationPartialUpdate,
    AutomationQuery,
    AutomationSelection,
    AutomationUpdate,
)


class Automations(Resource[M]):
    """Automations: actions that run when events occur, or fail to occur."""

    group = "automations"

    @endpoint("POST", "/automations/", RetrySafety.NEVER)
    @keywords(AutomationCreate)
    async def create(self, automation: AutomationCreate) -> Automation:
        """Create an automation (`POST /automations/`).

        Args:
            name: The name; several automations may share one.
            description: A description. Default: none.
            enabled: Whether it is active. Default: True.
            tags: The tags. Default: none.
            trigger: The trigger: the events or metrics that it waits for.
            actions: The actions to run each time the trigger fires.
            actions_on_trigger: The actions to run when it changes from resolved to triggered. Default: none.
            actions_on_resolve: The actions to run when it changes from triggered to resolved. Default: none.
            owner_resource: The resource that it belongs to, such as `prefect.deployment.<id>`. Default: none.

        Returns:
            The automation.

        Raises:
            UnprocessableEntity: The server rejects a field.
        """
        return await self._call(Automation, body=automation)

    @endpoint("GET", "/automations/{id:uuid}")
    async def read(self, automation_id: UUID | str) -> Automation:
        """Read an automation (`GET /automations/{id}`).

        Args:
            automation_id: The automation's id.

        Returns:
            The automation.

        Raises:
            NotFound: There is no such automation.
        """
        return await self._call(Automation, id=automation_id)

    @endpoint("PUT", "/automations/{id:uuid}", RetrySafety.IDEMPOTENT)
    @keywords(AutomationUpdate)
    async def update(self, automation_id: UUID | str, automation: AutomationUpdate) -> None:
        """Update an automation (`PUT /automations/{id}`). Fields not given stay unchanged. Its triggers are reset.

        Args:
            automation_id: The automation's id.
            name: The name; several automations may share one.
            description: A description. Default: unchanged.
            enabled: Whether it is active. Default: unchanged.
            tags: The tags, which replace all others. Default: unchanged.
            trigger: The trigger: the events or metrics that it waits for.
            actions: The actions to run each time the trigger fires.
            actions_on_trigger: The actions to run when it changes from resolved to triggered. Default: unchanged.
            actions_on_resolve: The actions to run when it changes from triggered to resolved. Default: unchanged.

        Raises:
            NotFound: There is no such automation.
        """
        return await self._call(type(None), id=automation_id, body=automation)

    @endpoint("PATCH", "/automations/{id:uuid}", RetrySafety.IDEMPOTENT)
    @keywords(AutomationPartialUpdate)
    async def patch(self, automation_id: UUID | str, automation: AutomationPartialUpdate) -> None:
        """Switch an automation on or off (`PATCH /automations/{id}`).

        Args:
            automation_id: The automation's id.
            enabled: Whether it is active. Default: True.

        Raises:
            NotFound: There is no such automation.
        """
        return await self._call(type(None), id=automation_id, body=automation)

    @endpoint("DELETE", "/automations/{id:uuid}")
    async def delete(self, automation_id: UUID | str) -> None:
        """Delete an automation (`DELETE /automations/{id}`).

        Args:
            automation_id: The automation's id.

        Raises:
            NotFound: There is no such automation.
        """
        return await self._call(type(None), id=automation_id)

    @endpoint("POST", "/automations/filter", RetrySafety.READ)
    @keywords(AutomationQuery)
    async def list(self, query: AutomationQuery) -> Rows[Automation]:
        """List one page of automations (`POST /automations/filter`).

        Args:
            automations: A filter on the automations. Default: all.
            sort: The order. Default: `NAME_ASC`.
            limit: At most this many rows. Default: the server's page size, usually 200, which is also the maximum.
            offset: How many rows to skip. Default: 0.

        Returns:
            The automations of the page, at most the server's limit (200 by default).

        Raises:
            UnprocessableEntity: `limit` exceeds the server's maximum.
        """
        return await self._call(list[Automation], body=query)

    @iterating
    @keywords(AutomationQuery)
    def iterate(self: Automations[Async], query: AutomationQuery) -> AsyncIterator[Automation]:
        """Iterate over all automations, page after page (`POST /automations/filter`).

        Automations created or deleted meanwhile may be missed or returned twice: pages are counted by offset.

        Args:
            automations: A filter on the automations. Default: all.
            sort: The order. Default: `NAME_ASC`.
            limit: At most this many in all, over all pages. Default: no limit.
            offset: How many rows to skip. Default: 0.

        Yields:
            The automations.
        """
        return every_row(self.list, query, self._ahead)

    @endpoint("POST", "/automations/count", RetrySafety.READ)
    @keywords(AutomationSelection)
    async def count(self, selection: AutomationSelection) -> int:
        """Count automations (`POST /automations/count`).

        Prefect 3.6 and older take no selection: they count all automations.

        Args:
            automations: A filter on the automations. Default: all.

        Returns:
            The count.
        """
        return await self._call(int, body=selection)

    @endpoint("GET", "/automations/related-to/{resource_id}")
    async def list_related_to(self, resource_id: str) -> Rows[Automation]:
        """List the automations that a resource takes part in (`GET /automations/related-to/{resource_id}`).

        Args:
            resource_id: The resource's id, such as `prefect.deployment.<uuid>`.

        Returns:
            The automations.
        """
        return await self._call(list[Automation], resource_id=resource_id)

    @endpoint("DELETE", "/automations/owned-by/{resource_id}", RetrySafety.IDEMPOTENT)
    async def delete_owned_by(self, resource_id: str) -> None:
        """Delete the automations that belong to a resource, if any do (`DELETE /automations/owned-by/{resource_id}`).

        Args:
            resource_id: The resource's id, such as `prefect.deployment.<uuid>`.
        """
        return await self._call(type(None), resource_id=resource_id)

    @endpoint("POST", "/automations/templates/validate", RetrySafety.READ)
    async def validate_template(self, template: str) -> None:
        """Check a template of an automation's action (`POST /automations/templates/validate`).

        Args:
            template: The Jinja template.

        Raises:
            UnprocessableEntity: The template is invalid; `detail` says where.
        """
        return await self._call(type(None), body=template)

"""Webhooks: URLs that turn what is posted to them into events."""

from __future__ import annotations

from uuid import UUID

import msgspec

from prefectkit.plugins import M, Resource, RetrySafety, endpoint


class Webhook(msgspec.Struct, kw_only=True):
    """A webhook.

    Attributes:
        id: Its id.
        name: Its name.
        template: What the event is made of, in Jinja.
        enabled: Whether it takes anything.
        slug: The last part of its URL.
    """

    id: UUID
    name: str
    template: str = ""
    enabled: bool = True
    slug: str = ""


class Webhooks(Resource[M]):
    """`client.webhooks`."""

    group = "webhooks"

    @endpoint("POST", "/webhooks/", RetrySafety.NEVER, cloud=True)
    async def create(self, name: str, template: str) -> Webhook:
        """Create a webhook."""
        return await self._call(Webhook, body={"name": name, "template": template})

    @endpoint("GET", "/webhooks/{id:uuid}", cloud=True)
    async def read(self, webhook_id: UUID | str) -> Webhook:
        """Read a webhook."""
        return await self._call(Webhook, id=webhook_id)

    @endpoint("POST", "/webhooks/filter", RetrySafety.READ, cloud=True)
    async def list(self) -> list[Webhook]:
        """All webhooks of the workspace."""
        return await self._call(list[Webhook])

    @endpoint("POST", "/webhooks/{id:uuid}/rotate", RetrySafety.NEVER, cloud=True)
    async def rotate(self, webhook_id: UUID | str) -> Webhook:
        """Give a webhook another URL. The old one goes on for a day."""
        return await self._call(Webhook, id=webhook_id)

    @endpoint("DELETE", "/webhooks/{id:uuid}", cloud=True)
    async def delete(self, webhook_id: UUID | str) -> None:
        """Delete a webhook."""
        return await self._call(type(None), id=webhook_id)

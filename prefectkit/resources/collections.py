"""Collections: `client.collections`."""

from __future__ import annotations

from prefectkit.core.endpoint import M, Resource, endpoint
from prefectkit.models.base import JSON


class Collections(Resource[M]):
    """What Prefect's integration packages declare."""

    group = "collections"

    @endpoint("GET", "/collections/views/{view}")
    async def read_view(self, view: str) -> JSON:
        """Read a view of all collections (`GET /collections/views/{view}`).

        Args:
            view: The view's name, such as `aggregate-worker-metadata`.

        Returns:
            The view, by collection.

        Raises:
            NotFound: There is no such view.
        """
        return await self._call(JSON, view=view)

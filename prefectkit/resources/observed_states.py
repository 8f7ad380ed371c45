"""The states that runs were seen in: `client.observed_states`."""

from __future__ import annotations

from prefectkit.core.endpoint import M, Resource, endpoint
from prefectkit.core.pagination.pages import Rows
from prefectkit.models.base import OrText
from prefectkit.models.observed_states import ObservedState, ObservedStateSort


class ObservedStates(Resource[M]):
    """The names and types of states that runs were seen in, custom names included."""

    group = "observed_states"

    @endpoint("GET", "/observed-states")
    async def list(
        self,
        query: str | None = None,
        *,
        order_by: OrText[ObservedStateSort] | None = None,
        limit: int | None = None,
    ) -> Rows[ObservedState]:
        """List the states that flow runs and task runs were seen in (`GET /observed-states`, since Prefect 3.9).

        Args:
            query: How the name or the type begins, in any case; at most 100 characters. Default: all states.
            order_by: The order. Default: the last seen first.
            limit: How many at most, 1 to 200. Default: 200.

        Returns:
            A row for each pair of a type and a name.

        Raises:
            NotSupportedByServer: The server is older than Prefect 3.9.
        """
        return await self._call(list[ObservedState], query={"query": query, "order_by": order_by, "limit": limit})

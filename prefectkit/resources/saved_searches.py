"""Saved searches: `client.saved_searches`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

from prefectkit.core.endpoint import Async, M, Resource, endpoint, iterating
from prefectkit.core.keywords import keywords
from prefectkit.core.pagination.pages import Rows, every_row
from prefectkit.core.retries.policy import RetrySafety
from prefectkit.models.saved_searches import SavedSearch, SavedSearchCreate, SavedSearchQuery


class SavedSearches(Resource[M]):
    """Searches that were saved in the UI."""

    group = "saved_searches"

    @endpoint("PUT", "/saved_searches/", RetrySafety.IDEMPOTENT)
    @keywords(SavedSearchCreate)
    async def create(self, search: SavedSearchCreate) -> SavedSearch:
        """Create a saved search, or replace the one with this name (`PUT /saved_searches/`).

        Args:
            name: The name, unique on the server.
            filters: The filters of the search. Default: none.

        Returns:
            The saved search.

        Raises:
            UnprocessableEntity: The server rejects a field.
        """
        return await self._call(SavedSearch, body=search)

    @endpoint("GET", "/saved_searches/{id:uuid}")
    async def read(self, saved_search_id: UUID | str) -> SavedSearch:
        """Read a saved search (`GET /saved_searches/{id}`).

        Args:
            saved_search_id: The saved search's id.

        Returns:
            The saved search.

        Raises:
            NotFound: There is no such saved search.
        """
        return await self._call(SavedSearch, id=saved_search_id)

    @endpoint("DELETE", "/saved_searches/{id:uuid}")
    async def delete(self, saved_search_id: UUID | str) -> None:
        """Delete a saved search (`DELETE /saved_searches/{id}`).

        Args:
            saved_search_id: The saved search's id.

        Raises:
            NotFound: There is no such saved search.
        """
        return await self._call(type(None), id=saved_search_id)

    @endpoint("POST", "/saved_searches/filter", RetrySafety.READ)
    @keywords(SavedSearchQuery)
    async def list(self, query: SavedSearchQuery) -> Rows[SavedSearch]:
        """List one page of saved searches (`POST /saved_searches/filter`).

        Args:
            limit: At most this many rows. Default: the server's page size, usually 200, which is also the maximum.
            offset: How many rows to skip. Default: 0.

        Returns:
            The saved searches of the page, at most the server's limit (200 by default).

        Raises:
            UnprocessableEntity: `limit` exceeds the server's maximum.
        """
        return await self._call(list[SavedSearch], body=query)

    @iterating
    @keywords(SavedSearchQuery)
    def iterate(self: SavedSearches[Async], query: SavedSearchQuery) -> AsyncIterator[SavedSearch]:
        """Iterate over all saved searches, page after page (`POST /saved_searches/filter`).

        Saved searches created or deleted meanwhile may be missed or returned twice: pages are counted by offset.

        Args:
            limit: At most this many in all, over all pages. Default: no limit.
            offset: How many rows to skip. Default: 0.

        Yields:
            The saved searches.
        """
        return every_row(self.list, query, self._ahead)

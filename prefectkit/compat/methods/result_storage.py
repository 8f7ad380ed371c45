"""The server's default result storage."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from prefectkit.compat.client_method import MethodGroup, client_method
from prefectkit.core.endpoint import M

if TYPE_CHECKING:
    from prefectkit.models.admin import ServerDefaultResultStorage


class ResultStorageMethods(MethodGroup[M]):
    """The flat methods about the server's default storage of results."""

    @client_method()
    async def read_server_default_result_storage(self) -> ServerDefaultResultStorage:
        """Read the id of the storage block; None if there is none."""
        return await self._api.admin.read_storage()

    @client_method()
    async def update_server_default_result_storage(
        self, default_result_storage_block_id: UUID | str
    ) -> ServerDefaultResultStorage:
        """Set the storage block.

        Args:
            default_result_storage_block_id: The id of the block document.

        Raises:
            PrefectHTTPStatusError: There is no such block, or it is not a storage block.
        """
        return await self._api.admin.update_storage(default_result_storage_block_id=default_result_storage_block_id)

    @client_method()
    async def clear_server_default_result_storage(self) -> None:
        """Remove the default, so that each process uses its own storage."""
        return await self._api.admin.clear_storage()

"""Service level agreements: `client.slas`. Only Prefect Cloud has them."""

from __future__ import annotations

from prefectkit.core.endpoint import M, Resource, endpoint
from prefectkit.core.retry import Replay
from prefectkit.models.slas import SlaMergeResponse, SlaTypes, owned_by


class SLAs(Resource[M]):
    """What is promised of a deployment's runs."""

    group = "slas"

    @endpoint("POST", "/slas/apply-resource-slas/{resource_id}", Replay.IDEMPOTENT, cloud=True)
    async def apply(self, resource_id: str, slas: list[SlaTypes]) -> SlaMergeResponse:
        """Make these the agreements of a resource (`POST /slas/apply-resource-slas/{resource_id}`).

        One whose name is known is changed, one whose name is not in the list is deleted.

        Args:
            resource_id: The resource, `prefect.deployment.<uuid>`.
            slas: The agreements.

        Returns:
            Which were created, updated and deleted.

        Raises:
            NotFound: The server has no agreements: it is not Prefect Cloud.
        """
        return await self._call(SlaMergeResponse, resource_id=resource_id, body=owned_by(resource_id, slas))

"""Service level agreements: `client.slas`. Only Prefect Cloud has them."""

from __future__ import annotations

from prefectkit.core.endpoint import M, Resource, endpoint
from prefectkit.core.retries.policy import RetrySafety
from prefectkit.models.slas import SlaMergeResponse, SlaTypes, owned_by


class SLAs(Resource[M]):
    """Service level agreements of deployments."""

    group = "slas"

    @endpoint("POST", "/slas/apply-resource-slas/{resource_id}", RetrySafety.IDEMPOTENT, cloud=True)
    async def apply(self, resource_id: str, slas: list[SlaTypes]) -> SlaMergeResponse:
        """Replace the service level agreements of a resource (`POST /slas/apply-resource-slas/{resource_id}`).

        An agreement with a known name is updated; those that are not in the list are deleted.

        Args:
            resource_id: The resource, `prefect.deployment.<uuid>`.
            slas: The agreements.

        Returns:
            Which were created, updated and deleted.

        Raises:
            NotFound: The server has no agreements: it is not Prefect Cloud.
        """
        return await self._call(SlaMergeResponse, resource_id=resource_id, body=owned_by(resource_id, slas))

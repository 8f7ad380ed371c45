"""Service level agreements of deployments. Only Prefect Cloud has them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from prefectkit.compat.arguments import ModelLike, to_fields
from prefectkit.compat.client_method import MethodGroup, client_method
from prefectkit.core.endpoint import M

if TYPE_CHECKING:
    from prefectkit.compat.response_models import SlaMergeResponse
    from prefectkit.models.slas import SlaTypes


class SlaMethods(MethodGroup[M]):
    """The flat methods about service level agreements."""

    @client_method()
    async def apply_slas_for_deployment(
        self, deployment_id: UUID | str, slas: Sequence[ModelLike[SlaTypes]]
    ) -> SlaMergeResponse:
        """Replace the agreements of a deployment.

        Args:
            deployment_id: The deployment's id.
            slas: The agreements. One of an existing name replaces that one; existing ones of other names are deleted.

        Returns:
            The names of the created, updated and deleted agreements.

        Raises:
            PrefectHTTPStatusError: There is no such deployment, or the server is not Prefect Cloud.
        """
        # Lazy: the models of agreements take time to import, and few programs have any.
        from prefectkit.compat.response_models import SlaMergeResponse

        agreements: list[Any] = [to_fields(sla, without=("owner_resource",)) for sla in slas]
        return SlaMergeResponse.of(await self._api.slas.apply(f"prefect.deployment.{deployment_id}", agreements))

"""Templates: `client.templates`."""

from __future__ import annotations

from prefectkit.core.endpoint import M, Resource, endpoint
from prefectkit.core.retries.policy import RetrySafety


class Templates(Resource[M]):
    """The Jinja templates of automations and notifications."""

    group = "templates"

    @endpoint("POST", "/templates/validate", RetrySafety.READ)
    async def validate(self, template: str) -> None:
        """Check a template (`POST /templates/validate`).

        Args:
            template: The Jinja template.

        Raises:
            UnprocessableEntity: The template is invalid; `detail` says where.
        """
        return await self._call(type(None), body=template)

"""Workspaces and accounts of Prefect Cloud."""

from __future__ import annotations

from uuid import UUID

from prefectkit.core.settings import load_settings
from prefectkit.models.base import Model


class Workspace(Model):
    """A workspace of Prefect Cloud.

    Attributes:
        account_id: The account it belongs to.
        account_name: The account's name.
        account_handle: The account's name in paths.
        workspace_id: The id.
        workspace_name: The name.
        workspace_description: A description.
        workspace_handle: The name in paths, unique within the account.
    """

    account_id: UUID
    account_name: str
    account_handle: str
    workspace_id: UUID
    workspace_name: str
    workspace_description: str
    workspace_handle: str

    @property
    def handle(self) -> str:
        """The account's handle and its own, with a slash between."""
        return f"{self.account_handle}/{self.workspace_handle}"

    def api_url(self) -> str:
        """The root of its API, below `PREFECT_CLOUD_API_URL`."""
        return f"{load_settings().cloud_api_url}/accounts/{self.account_id}/workspaces/{self.workspace_id}"

    def __hash__(self) -> int:
        return hash(self.handle)


class IPAllowlistEntry(Model):
    """A network with access to an account.

    Attributes:
        ip_network: The network, as `192.0.2.0/24`.
        enabled: Whether the entry is enabled.
        description: A description.
        last_seen: When the account was last used from there.
    """

    ip_network: str
    enabled: bool
    description: str | None = None
    last_seen: str | None = None


class IPAllowlist(Model):
    """The networks with access to an account.

    Attributes:
        entries: The networks.
    """

    entries: list[IPAllowlistEntry]


class IPAllowlistMyAccessResponse(Model):
    """Whether the requesting address has access to an account.

    Attributes:
        allowed: Whether it has access.
        detail: Why, or why not.
    """

    allowed: bool
    detail: str

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING
from uuid import UUID

from prefect.client.orchestration import get_client

if TYPE_CHECKING:
    from prefect.client.orchestration import SyncPrefectClient
    from prefect.client.schemas.responses import DeploymentResponse


class Deployments:
    def __init__(self, connect: type[AbstractContextManager[SyncPrefectClient]] = get_client) -> None:
        self._connect = connect

    def by_id(self) -> dict[UUID, DeploymentResponse]:
        with self._connect(sync_client=True) as client:
            return {each.id: each for each in client.read_deployments()}


print(sorted(each.name for each in Deployments().by_id().values()))

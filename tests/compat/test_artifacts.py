"""Artifacts: what is sent, and what is not known."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from pydantic import BaseModel

from prefectkit.models import Artifact
from tests.compat.flat_clients import KINDS, use

ID = "00000000-0000-0000-0000-000000000001"
NAMES = "artifact_filter, flow_run_filter, task_run_filter, sort, limit, offset"


class Server:
    def __init__(self, rows: Any) -> None:
        self.rows = rows
        self.sent: list[dict[str, Any]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.sent.append(json.loads(request.content))
        return httpx.Response(200, json=self.rows)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["read_artifacts", "read_latest_artifacts"])
def test_ignored_parameters_of_a_list_are_warned_of(name: str, kind: str) -> None:
    server = Server([{"id": ID, "key": "k"}])
    message = f"^{name}: of no effect: flow_filter; it takes {NAMES}$"
    with pytest.warns(UserWarning, match=message) as told:
        rows = use(kind, server, lambda client: getattr(client, name)(flow_filter={}, limit=3, sort=None))
    assert [row.key for row in rows] == ["k"]
    assert server.sent == [{"limit": 3}]
    assert kind != "sync" or told[0].filename == __file__


def test_filters_go_by_the_names_of_the_api() -> None:
    server = Server([])
    by_id = {"id": {"any_": [ID]}}
    call: dict[str, Any] = {"artifact_filter": by_id, "flow_run_filter": by_id, "task_run_filter": by_id, "offset": 2}
    use("sync", server, lambda client: client.read_artifacts(**call))
    assert server.sent == [{"artifacts": by_id, "flow_runs": by_id, "task_runs": by_id, "offset": 2}]


def test_an_artifact_that_was_read_can_be_written_back() -> None:
    server = Server({"id": ID, "created": "2026-01-01T00:00:00Z"})
    read = Artifact.model_validate({"id": ID, "key": "k", "data": [1], "created": "2026-01-01T00:00:00Z"})
    use("sync", server, lambda client: client.update_artifact(ID, read))
    use("sync", server, lambda client: client.create_artifact(read))
    assert server.sent[0] == {"data": [1], "description": None, "metadata_": None}
    assert server.sent[1].keys() == {*server.sent[0], "key", "type", "flow_run_id", "task_run_id"}


def test_what_an_object_holds_goes_with_its_defaults() -> None:
    from prefect.client.schemas.actions import ArtifactCreate

    class Row(BaseModel):
        count: int = 3

    server = Server({"id": ID})
    use("sync", server, lambda client: client.create_artifact(ArtifactCreate(key="k", data={"row": Row()})))
    assert server.sent == [{"key": "k", "data": {"row": {"count": 3}}}]

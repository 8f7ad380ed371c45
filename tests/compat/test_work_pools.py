"""Work pools, queues and workers, where Prefect's own client does otherwise or needs Prefect Cloud."""

from __future__ import annotations

import inspect
import json
import warnings
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import httpx
import pytest

from prefectkit.compat import ObjectAlreadyExists, ObjectNotFound, PrefectClient, PrefectHTTPStatusError, ServerType
from prefectkit.compat.errors import ObjectUnsupported, UnexpectedResponse
from prefectkit.models import QueueFilter, WorkPoolCreate, WorkPoolStorageConfiguration, WorkPoolUpdate
from tests.compat.flat_clients import KINDS, use
from tests.compat.two_clients import official_names, own_names

ID = UUID(int=1)
POOL = {"id": str(ID), "name": "p", "type": "process", "default_queue_id": str(ID), "concurrency_limit": 5}
QUEUE = {"id": str(ID), "name": "q", "work_pool_id": str(ID)}


class Pools:
    """Responds as a server that has the work pool `p`, and keeps what it is asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, Any]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content) if request.content else None
        self.asked.append((request.method, request.url.path.removeprefix("/api"), body))
        if request.method == "POST":
            return httpx.Response(409, json={"detail": "exists"})
        return httpx.Response(204) if request.method == "PATCH" else httpx.Response(200, json=POOL)

    @property
    def changes(self) -> Any:
        """The bodies of the requests that change something."""
        return [body for method, _, body in self.asked if method == "PATCH"]


def overwriting(work_pool: Any) -> Callable[[Any], Any]:
    return lambda client: client.create_work_pool(work_pool, overwrite=True)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("names", [own_names, official_names], ids=["our-objects", "their-objects"])
def test_overwriting_a_pool_changes_what_is_set(kind: str, names: Callable[[], SimpleNamespace]) -> None:
    pools = Pools()
    wanted = names().actions.WorkPoolCreate(name="p", type="process", description=None, is_paused=True)
    assert use(kind, pools, overwriting(wanted)).concurrency_limit == 5
    assert pools.asked == [
        ("POST", "/work_pools/", {"name": "p", "type": "process", "description": None, "is_paused": True}),
        ("GET", "/work_pools/p", None),
        ("PATCH", "/work_pools/p", {"description": None, "is_paused": True}),
        ("GET", "/work_pools/p", None),
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_overwriting_a_pool_with_another_type_warns_the_caller(kind: str) -> None:
    pools = Pools()
    call = overwriting(WorkPoolCreate(name="p", type="docker", is_paused=True))

    async def awaited(client: Any) -> Any:
        return await call(client)

    with pytest.warns(UserWarning, match="Overwriting work pool type is not supported. Ignoring provided") as caught:
        use(kind, pools, call if kind == "sync" else awaited)
    assert [warning.filename for warning in caught] == [__file__]
    assert pools.changes == [{"is_paused": True}]


def test_overwriting_a_pool_without_a_type_does_not_warn() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        use("sync", Pools(), overwriting({"name": "p", "is_paused": True}))


@pytest.mark.parametrize("kind", KINDS)
def test_a_pool_is_not_overwritten_unasked(kind: str) -> None:
    pools = Pools()
    with pytest.raises(ObjectAlreadyExists):
        use(kind, pools, lambda client: client.create_work_pool(WorkPoolCreate(name="p")))
    assert [method for method, *_ in pools.asked] == ["POST"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_pool_that_the_plan_does_not_have_is_unsupported(kind: str) -> None:
    def call(client: Any) -> Any:
        return client.create_work_pool(WorkPoolCreate(name="p"))

    refused = httpx.Response(403, json={"detail": "Your plan does not support push pools"})
    with pytest.raises(ObjectUnsupported) as caught:
        use(kind, lambda request: refused, call)
    assert isinstance(caught.value.http_exc, PrefectHTTPStatusError)
    with pytest.raises(PrefectHTTPStatusError, match="reserved"):
        use(kind, lambda request: httpx.Response(403, json={"detail": "reserved"}), call)


@pytest.mark.parametrize("names", [own_names, official_names], ids=["our-objects", "their-objects"])
def test_an_update_of_a_pool_tells_none_from_unset(names: Callable[[], SimpleNamespace]) -> None:
    pools, own = Pools(), names()
    storage = own.objects.WorkPoolStorageConfiguration(bundle_upload_step={"a": {}})
    update = own.actions.WorkPoolUpdate(concurrency_limit=None, storage_configuration=storage)
    use("sync", pools, lambda client: client.update_work_pool("p", update))
    assert pools.changes == [{"concurrency_limit": None, "storage_configuration": {"bundle_upload_step": {"a": {}}}}]


def test_an_update_of_a_pool_may_be_a_dict() -> None:
    pools = Pools()
    storage = WorkPoolStorageConfiguration(default_result_storage_block_id=ID)
    use("sync", pools, lambda client: client.update_work_pool("p", {"storage_configuration": storage}))
    use("sync", pools, lambda client: client.update_work_pool("p", WorkPoolUpdate(description=None)))
    assert pools.changes == [
        {"storage_configuration": {"default_result_storage_block_id": str(ID)}},
        {"description": None},
    ]


@pytest.mark.parametrize("names", [own_names, official_names], ids=["our-objects", "their-objects"])
def test_an_update_of_a_queue_tells_none_from_unset(names: Callable[[], SimpleNamespace]) -> None:
    pools = Pools()
    old = names().objects.QueueFilter(tags=["t"])
    use("sync", pools, lambda client: client.update_work_queue(ID, description=None, filter=old, priority=2))
    (change,) = pools.changes
    assert change["filter"].pop("deployment_ids", None) is None
    assert change == {"description": None, "filter": {"tags": ["t"]}, "priority": 2}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({}, "No fields provided to update"),
        ({"nam": "n", "x": 1}, "no nam, x to update: it has name, description,"),
        ({"is_paused": None}, "is_paused"),
        ({"filter": QueueFilter(tags=["t"]), "priority": "first"}, "priority"),
    ],
)
def test_an_update_of_a_queue_that_makes_no_sense_is_not_sent(kind: str, changes: Any, message: str) -> None:
    pools = Pools()
    with pytest.raises(ValueError, match=message):
        use(kind, pools, lambda client: client.update_work_queue(ID, **changes))
    assert pools.asked == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("pool", "path"), [(None, "/work_queues/filter"), ("p", "/work_pools/p/queues/filter")])
def test_matching_queues_are_read_page_after_page(kind: str, pool: str | None, path: str) -> None:
    asked: list[Any] = []

    def respond(request: httpx.Request) -> httpx.Response:
        assert request.url.path == f"/api{path}"
        body = json.loads(request.content)
        asked.append((body["offset"], body["limit"]))
        assert body["work_queues"] == {"name": {"startswith_": ["a", "b"]}}
        numbers = range(body["offset"], min(body["offset"] + 100, 250))
        return httpx.Response(200, json=[{**QUEUE, "id": str(UUID(int=number))} for number in numbers])

    queues = use(kind, respond, lambda client: client.match_work_queues(["a", "b"], pool))
    assert len(queues) == 250
    assert asked == [(0, 100), (100, 100), (200, 100), (300, 100)]


HEARTBEAT = {"name": "w", "heartbeat_interval_seconds": None}


def heartbeat(kind: str, response: httpx.Response, *args: Any, server: ServerType | None = None, **kwargs: Any) -> Any:
    """What a heartbeat returns, and what it sends."""
    sent: list[Any] = []

    def handle(request: httpx.Request) -> httpx.Response:
        assert (request.method, request.url.path) == ("POST", "/api/work_pools/p/workers/heartbeat")
        sent.append(json.loads(request.content))
        return response

    found = use(
        kind, handle, lambda client: client.send_worker_heartbeat("p", "w", *args, **kwargs), server_type=server
    )
    return found, sent


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("asking", [{"get_worker_id": True}, {"return_id": True}], ids=str)
@pytest.mark.parametrize("text", [str(ID), f'"{ID}"'], ids=["text", "json"])
def test_a_heartbeat_gives_the_id_of_the_worker_on_cloud(kind: str, asking: Any, text: str) -> None:
    respond = httpx.Response(200, text=text)
    found, sent = heartbeat(kind, respond, server=ServerType.CLOUD, **asking)
    assert found == ID
    assert sent == [HEARTBEAT | {"return_id": True}]


def test_a_heartbeat_gives_no_id_elsewhere_or_unasked() -> None:
    respond = httpx.Response(200, text=str(ID))
    assert heartbeat("sync", respond, 9, True) == (
        None,
        [{"name": "w", "heartbeat_interval_seconds": 9, "return_id": True}],
    )
    assert heartbeat("sync", respond, server=ServerType.CLOUD) == (None, [HEARTBEAT])
    assert heartbeat("sync", httpx.Response(204), None, True, server=ServerType.CLOUD)[0] is None


def test_a_heartbeat_that_is_answered_with_something_else_says_so() -> None:
    with pytest.raises(UnexpectedResponse, match="the server returned 'nothing' instead of the worker's id"):
        heartbeat("sync", httpx.Response(200, text="nothing"), return_id=True, server=ServerType.CLOUD)


@pytest.mark.parametrize("metadata", [{"integrations": [{"name": "i", "version": "1"}], "more": 1}, "theirs"], ids=str)
def test_a_heartbeat_carries_metadata(metadata: Any) -> None:
    wanted = {"integrations": [{"name": "i", "version": "1"}], "more": 1}
    if metadata == "theirs":
        metadata = official_names().objects.WorkerMetadata.model_validate(wanted)
    assert heartbeat("sync", httpx.Response(204), worker_metadata=metadata)[1] == [HEARTBEAT | {"metadata": wanted}]


def test_the_other_name_of_a_parameter_is_not_listed() -> None:
    listed = inspect.signature(PrefectClient.send_worker_heartbeat).parameters
    assert "get_worker_id" in listed
    assert "return_id" not in listed


def test_a_name_that_is_a_path_is_one_name() -> None:
    paths: list[bytes] = []

    def respond(request: httpx.Request) -> httpx.Response:
        paths.append(request.url.raw_path)
        return httpx.Response(404, json={"detail": "none"})

    with pytest.raises(ObjectNotFound):
        use("sync", respond, lambda client: client.read_work_queue_by_name("a b?x=1", "p"))
    assert paths == [b"/api/work_pools/p/queues/a%20b%3Fx%3D1"]

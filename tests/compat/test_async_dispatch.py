"""Helpers block, or return a coroutine: where an event loop runs, or in an async run of Prefect's engine."""

from __future__ import annotations

import inspect
import os
import threading
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import anyio
import pytest

from prefectkit import Prefect
from prefectkit.compat import PrefectClient, SyncClientContext, SyncPrefectClient
from prefectkit.compat.artifacts import acreate_link_artifact, create_link_artifact, create_markdown_artifact
from prefectkit.compat.async_dispatch import async_dispatch
from prefectkit.compat.blocks.core import Block
from prefectkit.compat.blocks.system import JSON, Secret, String
from prefectkit.compat.flow_runs import pause_flow_run, suspend_flow_run
from prefectkit.compat.run_context import is_async_run, run_ids
from prefectkit.compat.variables import Variable
from prefectkit.errors import InvalidParameterError
from tests.real_server import RealServer

LOOPS = ("asyncio", "trio")


@pytest.fixture(autouse=True)
def _server(server: RealServer) -> Iterator[None]:
    with patch.dict(os.environ, {"PREFECT_API_URL": server.url}):
        yield


@pytest.fixture
def key() -> str:
    return f"key_{uuid4().hex[:8]}"


def test_a_helper_blocks_outside_of_event_loops(key: str) -> None:
    made: Any = Variable.set(key, 1)
    assert made == Variable(key, 1, [])
    assert Variable.get(key) == 1
    assert Variable.unset(key) is True


@pytest.mark.parametrize("loop", LOOPS)
def test_a_helper_returns_a_coroutine_in_an_event_loop(key: str, loop: str) -> None:
    async def main() -> None:
        coroutine: Any = Variable.set(key, 1)
        assert inspect.iscoroutine(coroutine)
        await coroutine
        assert await Variable.aget(key) == 1
        assert Variable.get(key, _sync=True) == 1  # type: ignore[call-arg]
        assert await Variable.unset(key) is True  # type: ignore[misc]

    anyio.run(main, backend=loop)


def test_a_callback_of_asyncio_is_in_an_event_loop(key: str) -> None:
    async def main() -> None:
        import asyncio

        called: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_soon(lambda: called.set_result(Variable.get(key)))
        assert await (await called) is None

    anyio.run(main)


def test_false_asks_for_a_coroutine_anywhere(key: str) -> None:
    coroutine: Any = Variable.get(key, _sync=False)  # type: ignore[call-arg]
    assert inspect.iscoroutine(coroutine)

    async def main() -> object:
        return await coroutine

    assert anyio.run(main) is None


def test_the_twin_has_the_name_and_the_parameters() -> None:
    assert create_link_artifact.__name__ == "create_link_artifact"
    assert Variable.get.__qualname__ == "Variable.get"
    assert Variable.get.__doc__ == Variable.aget.__doc__
    assert inspect.signature(create_link_artifact) == inspect.signature(acreate_link_artifact)
    assert vars(create_link_artifact)["aio"] is acreate_link_artifact


@pytest.mark.parametrize("is_async", [True, False])
@pytest.mark.parametrize("inside_loop", [True, False])
def test_in_a_run_of_the_engine_its_function_decides(
    key: str, is_async: bool, inside_loop: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = SimpleNamespace(flow=SimpleNamespace(isasync=is_async), flow_run=SimpleNamespace(id=uuid4()))
    monkeypatch.setattr("prefectkit.compat.run_context.run_contexts", lambda: (None, context))

    async def call() -> Any:
        result: Any = Variable.get(key)
        assert inspect.iscoroutine(result) is is_async
        return await result if inspect.iscoroutine(result) else result

    assert is_async_run() is is_async
    if inside_loop:
        anyio.run(call)
        return
    result: Any = Variable.get(key)
    assert inspect.iscoroutine(result) is is_async
    if inspect.iscoroutine(result):
        result.close()


@pytest.mark.prefect_engine
def test_an_artifact_belongs_to_the_run_of_the_engine(key: str, server: RealServer) -> None:
    from prefect import flow, task

    @task
    def in_a_task() -> Any:
        return create_markdown_artifact("# in a task"), run_ids()

    @flow
    def in_a_flow() -> Any:
        return create_markdown_artifact("# in a flow"), run_ids(), in_a_task()

    from prefect.settings import PREFECT_API_URL, temporary_settings

    with temporary_settings({PREFECT_API_URL: server.url}):
        artifact, (no_task, flow_run_id), (task_artifact, task_ids) = in_a_flow()
    assert no_task is None
    with Prefect(server.url) as client:
        assert client.artifacts.read(artifact).flow_run_id == flow_run_id
        inner = client.artifacts.read(task_artifact)
        assert (inner.task_run_id, inner.flow_run_id) == task_ids
        assert None not in task_ids
    assert run_ids() == (None, None)


@pytest.mark.prefect_engine
@pytest.mark.parametrize("is_async", [True, False])
def test_a_run_of_the_engine_pauses_until_it_is_resumed(server: RealServer, is_async: bool) -> None:
    from prefect import flow
    from prefect.settings import PREFECT_API_URL, temporary_settings

    paused: list[Any] = []

    def resume_when_paused(flow_run_id: Any) -> None:
        with Prefect(server.url) as client:
            state = client.flow_runs.read(flow_run_id).state
            while state is None or not state.is_paused():
                time.sleep(0.05)
                state = client.flow_runs.read(flow_run_id).state
            paused.append(state.state_details.pause_key)
            client.flow_runs.resume(flow_run_id)

    def resume_later() -> threading.Thread:
        thread = threading.Thread(target=resume_when_paused, args=(run_ids()[1],))
        thread.start()
        return thread

    @flow
    def blocks() -> str:
        for _ in range(2):
            thread = resume_later()
            pause_flow_run(timeout=60, poll_interval=1)
            thread.join()
        return "resumed"

    @flow
    async def awaits() -> str:
        for _ in range(2):
            thread = resume_later()
            await pause_flow_run(timeout=60, poll_interval=1)  # type: ignore[misc]
            thread.join()
        return "resumed"

    with temporary_settings({PREFECT_API_URL: server.url}):
        assert (anyio.run(awaits) if is_async else blocks()) == "resumed"
    assert paused == ["1", "2"]


@pytest.mark.prefect_engine
def test_a_pause_that_nobody_ends_fails_the_run(server: RealServer) -> None:
    from prefect import flow
    from prefect.exceptions import FlowPauseTimeout
    from prefect.settings import PREFECT_API_URL, temporary_settings

    @flow
    def pauses() -> None:
        pause_flow_run(timeout=1, poll_interval=1)

    with temporary_settings({PREFECT_API_URL: server.url}), pytest.raises(FlowPauseTimeout, match="never resumed"):
        pauses()


def test_the_client_of_a_context_and_one_of_the_caller_stay_open(server: RealServer) -> None:
    with SyncClientContext() as context:
        create_link_artifact("https://a.test")
        assert context.client.hello().status_code == 200
    with SyncPrefectClient(server.url) as client:
        create_link_artifact("https://a.test", client=client)
        assert client.hello().status_code == 200


@pytest.mark.parametrize("loop", LOOPS)
def test_a_client_of_the_other_kind_is_refused(server: RealServer, loop: str) -> None:
    with pytest.raises(
        InvalidParameterError, match="must be a SyncPrefectClient in a blocking call, got PrefectClient"
    ):
        create_link_artifact("https://a.test", client=PrefectClient(server.url))

    async def main() -> None:
        async with PrefectClient(server.url) as client:
            await acreate_link_artifact("https://a.test", client=client)
        with (
            SyncPrefectClient(server.url) as blocking,
            pytest.raises(InvalidParameterError, match="must be a PrefectClient to be awaited, got SyncPrefectClient"),
        ):
            await acreate_link_artifact("https://a.test", client=blocking)

    anyio.run(main, backend=loop)


def test_a_helper_that_blocks_inside_another_is_reset_by_an_error() -> None:
    async def afails() -> None:
        raise LookupError

    with pytest.raises(LookupError):
        async_dispatch(afails)()
    coroutine: Any = async_dispatch(afails)(_sync=False)  # type: ignore[call-arg]

    async def main() -> None:
        await coroutine

    with pytest.raises(LookupError):
        anyio.run(main)


@pytest.mark.parametrize("value", [[1, {"a": None}], {}, "text", None])
def test_json_and_string_create_their_block_type(key: str, value: Any) -> None:
    name = key.replace("_", "-")
    kind: Any = String if isinstance(value, str) else JSON
    block: Any = kind(value=value)
    block.save(name)
    loaded: Any = kind.load(name)
    assert (loaded, loaded.value, type(loaded)) == (block, value, kind)
    with pytest.raises(ValueError, match="overwrite=True"):
        block.save(name)
    assert loaded.save(overwrite=True) == block.save(name, overwrite=True)
    kind.delete(name)
    with pytest.raises(ValueError, match="Unable to find block document"):
        kind.load(name)


def test_any_block_document_is_data(key: str) -> None:
    name = key.replace("_", "-")
    Block("slack-webhook", url="https://hooks.test/1").save(name)
    loaded: Any = Block.load(f"slack-webhook/{name}")
    assert loaded.url == "https://hooks.test/1"
    assert "hooks.test" not in repr(loaded)
    assert loaded.model_dump()["url"] == "https://hooks.test/1"
    with pytest.raises(AttributeError, match="no field 'ulr'"):
        _ = loaded.ulr
    assert loaded != object()
    Block.delete(f"slack-webhook/{name}")


def test_a_saved_block_within_a_block_is_a_reference(key: str) -> None:
    name = key.replace("_", "-")
    inner = Secret(value="hidden")
    inner.save(f"{name}-in")
    JSON(value={"saved": inner, "list": (JSON(value=1),)}).save(name)
    loaded: Any = JSON.load(name)
    assert loaded.value["list"] == [{"value": 1}]
    # The server puts the document in place of a reference, where the schema has one; else it stands.
    assert "hidden" not in repr(loaded)
    assert loaded.value["saved"] == {"$ref": {"block_document_id": str(vars(inner)["_block_document_id"])}}


def test_blocks_that_cannot_be() -> None:
    with pytest.raises(TypeError, match="Mine: block classes of your own need Prefect"):

        class Mine(Block):  # pyright: ignore[reportUnusedClass]
            pass

    with pytest.raises(InvalidParameterError, match="needs the slug of its type"):
        Block(value=1)
    with pytest.raises(ValueError, match="'name' must be '<block type slug>/<name>'"):
        Block.load("name")
    with pytest.raises(ValueError, match="without a name"):
        String(value="x").save()
    with pytest.raises(TypeError):
        Secret()  # type: ignore[call-arg]


def test_secrets_are_not_shown() -> None:
    from pydantic import SecretStr

    secret = Secret(value=SecretStr("hidden"))
    assert secret.get() == "hidden"
    assert "hidden" not in f"{secret!r} {secret} {secret.value!r} {secret.value}"
    assert secret.value == Secret(value="hidden").value
    assert secret.value != "hidden"


def test_what_only_the_engine_can_do_is_refused() -> None:
    with pytest.raises(InvalidParameterError, match="wait_for_input is for Prefect's engine"):
        suspend_flow_run(wait_for_input=str, flow_run_id=uuid4())  # type: ignore[arg-type]
    with pytest.raises(InvalidParameterError, match="wait_for_input"):
        pause_flow_run(wait_for_input=str)  # type: ignore[arg-type]
    with pytest.raises(RuntimeError, match="pass flow_run_id, or import suspend_flow_run from prefect"):
        suspend_flow_run()

from __future__ import annotations

from uuid import uuid4

import pytest

from prefectkit.errors import Conflict, InvalidParameterError, NotFound, UnaddressableNameError
from tests.resources.runs import AWKWARD, FORBIDDEN, new_run, when_free
from tests.surfaces import Awaited, Sent

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("value", ['{"a": "ü"}', '"text"', "17", "not JSON", ""])
async def test_a_value_comes_back_as_it_was_sent(client: Awaited, sent: Sent, value: str) -> None:
    run = await new_run(client)
    assert await when_free(client.flow_runs.inputs.create, run.id, key="a-1", value=value) is None
    assert sent.last == ("POST", f"/flow_runs/{run.id}/input", {"key": "a-1", "value": value})
    assert await client.flow_runs.inputs.read(run.id, "a-1") == value
    assert sent.last[1] == f"/flow_runs/{run.id}/input/a-1"


async def test_list_gives_the_keys_with_a_prefix(client: Awaited, sent: Sent) -> None:
    run = await new_run(client)
    for key in ("a-1", "a-2", "b-1"):
        await when_free(client.flow_runs.inputs.create, run.id, key=key, value=key, sender="me")
    found = await client.flow_runs.inputs.list(run.id, prefix="a-", limit=10, exclude_keys=["a-1"])
    assert sent.last == (
        "POST",
        f"/flow_runs/{run.id}/input/filter",
        {"prefix": "a-", "limit": 10, "exclude_keys": ["a-1"]},
    )
    assert [(it.key, it.value, it.sender, it.flow_run_id) for it in found] == [("a-2", "a-2", "me", run.id)]
    assert [it.key for it in await client.flow_runs.inputs.list(run.id, prefix="a-")] == ["a-1"]
    assert await client.flow_runs.inputs.list(uuid4(), prefix="a-") == []


async def test_delete(client: Awaited) -> None:
    run = await new_run(client)
    await when_free(client.flow_runs.inputs.create, run.id, key="a", value="1")
    await client.flow_runs.inputs.delete(run.id, "a")
    assert await client.flow_runs.inputs.list(run.id, prefix="") == []
    with pytest.raises(NotFound):
        await client.flow_runs.inputs.delete(run.id, "a")


async def test_a_key_is_given_once(client: Awaited) -> None:
    run = await new_run(client)
    await when_free(client.flow_runs.inputs.create, run.id, key="a", value="1")
    with pytest.raises(Conflict, match="exists"):
        await when_free(client.flow_runs.inputs.create, run.id, key="a", value="2")
    assert await client.flow_runs.inputs.read(run.id, "a") == "1"
    with pytest.raises(NotFound):
        await when_free(client.flow_runs.inputs.create, uuid4(), key="a", value="1")


@pytest.mark.parametrize("key", ["A b", "a_b", "a/b", "a.b", "ü", "a\n", "é", "²"])
async def test_a_key_that_the_server_fails_at_is_not_sent(client: Awaited, sent: Sent, key: str) -> None:
    run = await new_run(client)
    before = len(sent.requests)
    with pytest.raises(InvalidParameterError, match="key must only contain lowercase letters, numbers, and dashes"):
        await client.flow_runs.inputs.create(run.id, key=key, value="1")
    assert len(sent.requests) == before
    if key == "A b":
        path = f"/flow_runs/{run.id}/input"
        refusal = await client.request("POST", path, body={"key": key, "value": "1"}, check=False)
        assert refusal.status == 500


async def test_an_awkward_key_reaches_no_other_route(client: Awaited, sent: Sent) -> None:
    run = await new_run(client)
    for key in AWKWARD + FORBIDDEN:
        with pytest.raises(NotFound, match="input not found"):
            await client.flow_runs.inputs.read(run.id, key)
    before = len(sent.requests)
    for key in ("..", "a/b", "../labels", ""):
        with pytest.raises(UnaddressableNameError):
            await client.flow_runs.inputs.delete(run.id, key)
    assert len(sent.requests) == before

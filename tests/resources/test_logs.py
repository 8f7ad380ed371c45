from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from prefectkit.errors import UnprocessableEntity
from prefectkit.models.filters.logs import LogFilter, LogFilterFlowRunId, LogFilterLevel
from prefectkit.models.logs import LogCreate
from tests.resources.runs import when_free
from tests.surfaces import Awaited, Sent

pytestmark = pytest.mark.anyio

START = datetime(2030, 1, 1, tzinfo=UTC)


def of(run: UUID) -> LogFilter:
    return LogFilter(flow_run_id=LogFilterFlowRunId(any_=[run]))


async def three(client: Awaited) -> UUID:
    run = uuid4()
    await when_free(
        client.logs.create,
        [
            LogCreate(
                name="tests", level=10 * at, message=f"m{at} ü", timestamp=START + timedelta(days=at), flow_run_id=run
            )
            for at in (1, 2, 3)
        ],
    )
    return run


async def test_create_sends_a_list(client: Awaited, sent: Sent) -> None:
    run = uuid4()
    log = LogCreate(name="tests", level=20, message="m", timestamp=START, flow_run_id=run)
    assert await when_free(client.logs.create, [log]) is None
    assert sent.last == (
        "POST",
        "/logs/",
        [{"name": "tests", "level": 20, "message": "m", "timestamp": "2030-01-01T00:00:00Z", "flow_run_id": str(run)}],
    )
    (stored,) = (await client.request("POST", "/logs/filter", body={"logs": of(run)})).json()
    assert (stored["name"], stored["level"], stored["message"]) == ("tests", 20, "m")


async def test_list_gives_one_page(client: Awaited, sent: Sent) -> None:
    run = await three(client)
    page = await client.logs.list(logs=of(run), sort="TIMESTAMP_DESC", limit=2, offset=1)
    assert [(log.message, log.level, log.timestamp) for log in page] == [
        ("m2 ü", 20, START + timedelta(days=2)),
        ("m1 ü", 10, START + timedelta(days=1)),
    ]
    assert sent.last[2] == {
        "logs": {"flow_run_id": {"any_": [str(run)]}},
        "sort": "TIMESTAMP_DESC",
        "limit": 2,
        "offset": 1,
    }
    loud = LogFilter(flow_run_id=LogFilterFlowRunId(any_=[run]), level=LogFilterLevel(ge_=30))
    assert [log.message for log in await client.logs.list(logs=loud)] == ["m3 ü"]
    with pytest.raises(UnprocessableEntity):
        await client.logs.list(limit=100_000)


async def test_iterate_goes_on_where_a_page_ends(client: Awaited, sent: Sent) -> None:
    run = uuid4()
    logs = [
        LogCreate(name="tests", level=20, message=str(at), timestamp=START + timedelta(seconds=at), flow_run_id=run)
        for at in range(250)
    ]
    await when_free(client.logs.create, logs)
    seen = [log.message async for log in client.logs.iterate(logs=of(run), sort="TIMESTAMP_ASC")]
    assert seen == [str(at) for at in range(250)]
    assert [body["offset"] for _, target, body in sent.requests if target == "/logs/filter"] == [0, 200]
    assert len([log async for log in client.logs.iterate(logs=of(run), limit=201)]) == 201

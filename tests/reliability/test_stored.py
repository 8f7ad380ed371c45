"""What is created on the real server is read back as it was sent, whatever it holds."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import uuid4

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from prefectkit import Prefect
from prefectkit.errors import RequestEncodeError
from prefectkit.models import LogCreate
from prefectkit.models.filters import LogFilter, LogFilterFlowRunId
from tests.real_server import RealServer
from tests.reliability.bench import size
from tests.report import Capture, say
from tests.sent_twice.doubling import LockRetryingTransport

EXAMPLES = size(12, 250)
"""Of each kind."""

QUICK = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
# A text of any language, without what no database keeps.
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
NAMED = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="/%&<>\u2028\u2029"), max_size=20)
NUMBERS = st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
OBJECTS = st.dictionaries(TEXT, VALUES, max_size=4)
# The server fills in a template what is of this form.
PARAMETERS = st.dictionaries(NAMED, VALUES, max_size=4)
TAGS = st.lists(TEXT, max_size=4)
MOMENTS = st.datetimes(datetime(1970, 1, 2), datetime(2200, 1, 1), timezones=st.just(UTC))

Fields = dict[str, Any]


class Kind(NamedTuple):
    """What is created, and how it is read.

    Attributes:
        fields: What it is created with.
        create: Creates it; its response says how to read it.
        read: Reads it.
    """

    fields: dict[str, st.SearchStrategy[Any]]
    create: Callable[[Prefect, Fields], Any]
    read: Callable[[Prefect, Any], Any]


def unique(text: str = "") -> str:
    return f"{text}{uuid4()}"


def _run(client: Prefect, fields: Fields) -> Any:
    return client.flow_runs.create(flow_id=client.flows.create(name=unique()).id, **fields)


def _deployment(client: Prefect, fields: Fields) -> Any:
    return client.deployments.create(flow_id=client.flows.create(name=unique()).id, name=unique(), **fields)


def _log(client: Prefect, fields: Fields) -> Any:
    run = uuid4()
    client.logs.create([LogCreate(flow_run_id=run, **fields)])
    return run


def _read_log(client: Prefect, run: Any) -> Any:
    (log,) = client.logs.list(logs=LogFilter(flow_run_id=LogFilterFlowRunId(any_=[run])))
    return log


KINDS: dict[str, Kind] = {
    "flows": Kind(
        {"tags": TAGS, "labels": st.dictionaries(NAMED, NAMED | st.booleans(), max_size=3)},
        lambda client, fields: client.flows.create(name=unique(), **fields),
        lambda client, made: client.flows.read(made.id),
    ),
    "flow runs": Kind(
        {"name": NAMED.filter(bool), "tags": TAGS, "parameters": PARAMETERS, "context": OBJECTS},
        _run,
        lambda client, made: client.flow_runs.read(made.id),
    ),
    "deployments": Kind(
        {"tags": TAGS, "parameters": PARAMETERS, "description": TEXT, "version": NAMED},
        _deployment,
        lambda client, made: client.deployments.read(made.id),
    ),
    "variables": Kind(
        {"value": VALUES, "tags": TAGS},
        lambda client, fields: client.variables.create(name=unique(), **fields),
        lambda client, made: client.variables.read_by_name(made.name),
    ),
    "artifacts": Kind(
        {"data": OBJECTS, "description": TEXT, "metadata_": st.dictionaries(NAMED, NAMED, max_size=3)},
        lambda client, fields: client.artifacts.create(key=unique("a"), type="table", **fields),
        lambda client, made: client.artifacts.read(made.id),
    ),
    "logs": Kind(
        {"name": TEXT, "level": st.integers(0, 60), "message": TEXT, "timestamp": MOMENTS},
        _log,
        _read_log,
    ),
    "saved searches": Kind(
        {
            "filters": st.lists(
                st.fixed_dictionaries(
                    {"object": NAMED, "property": NAMED, "type": NAMED, "operation": NAMED, "value": VALUES}
                ),
                max_size=2,
            )
        },
        lambda client, fields: client.saved_searches.create(name=unique(), **fields),
        lambda client, made: client.saved_searches.read(made.id),
    ),
    "global limits": Kind(
        {"limit": st.integers(0, 10**6), "active": st.booleans(), "slot_decay_per_second": st.floats(0, 1e6)},
        lambda client, fields: client.global_concurrency_limits.create(name=unique(), **fields),
        lambda client, made: client.global_concurrency_limits.read(made.id),
    ),
}

counted: Counter[str] = Counter()


@pytest.fixture(scope="module")
def client(server: RealServer) -> Iterator[Prefect]:
    with Prefect(server.url, transport=LockRetryingTransport) as opened:
        yield opened


def plain(value: Any) -> Any:
    return msgspec.json.decode(msgspec.json.encode(value))


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_read_as_it_was_sent(kind: str, client: Prefect) -> None:
    strategies, create, read = KINDS[kind]

    @QUICK
    @given(st.fixed_dictionaries(strategies))
    def check(fields: Fields) -> None:
        found = read(client, create(client, fields))
        counted["tried"] += 1
        assert {name: plain(getattr(found, name)) for name in fields} == plain(fields)
        counted["kept"] += 1

    check()


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_no_number_is_not_sent(number: float, client: Prefect) -> None:
    with pytest.raises(RequestEncodeError, match=r"\$\.value.* is (nan|inf|-inf)"):
        client.variables.create(name=unique(), value={"a": [number]})
    counted["tried"] += 1
    counted["kept"] += 1


def test_all_of_it_was_kept(capsys: Capture) -> None:
    say(capsys, f"T15 stored and read again: survived {counted['kept']}/{counted['tried']}")
    assert counted["kept"] == counted["tried"]

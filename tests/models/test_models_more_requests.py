"""Whatever a request about artifacts, blocks, events and the like can hold, the server's own models take."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib import import_module
from typing import Any
from uuid import UUID

import jsonschema
import msgspec
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from prefectkit.core.security.secrets import MASK
from prefectkit.models.admin import CsrfToken
from prefectkit.models.block_documents import BlockDocument, BlockDocumentCreate, BlockDocumentUpdate
from prefectkit.models.events import Event, EventPage, ReceivedEvent
from prefectkit.models.filters.artifacts import ArtifactFilter
from prefectkit.models.filters.events import EventFilter
from prefectkit.models.ui import (
    SchemaValueIndexError,
    SchemaValuePropertyError,
    SchemaValuesValidationResponse,
    TaskRunCount,
)
from prefectkit.models.variables import Variable, VariableCreate, VariableUpdate
from prefectkit.models.work_pools import WorkPool, WorkPoolCreate, WorkPoolStorageConfiguration, WorkPoolUpdate
from tests.models.strategies import built
from tests.models.test_models_more import REQUESTS, STRUCTS, schemas_of

QUICK = settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
NAMES = st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=12)
# What the server holds to a form that the type does not tell.
BY_NAME: dict[str, st.SearchStrategy[Any]] = {
    "concurrency_limit": st.integers(0, 9),
    "key": NAMES,
    "name": NAMES,
    "lease_duration": st.floats(60, 86400),
    "occupancy_seconds": st.floats(0.001, 1e6),
    "time_interval": st.floats(0.01, 9),
    "value": st.none() | st.text(max_size=9) | st.integers(-9, 9) | st.lists(st.booleans(), max_size=2),
    "metadata_": st.dictionaries(NAMES, NAMES),
    "base_job_template": st.just(
        {"job_configuration": {"command": "{{ command }}"}, "variables": {"properties": {"command": {}}}}
    ),
    "resource": st.just({"prefect.resource.id": "order.1"}),
    "related": st.just([{"prefect.resource.id": "shop.1", "prefect.resource.role": "shop"}]),
    "is_anonymous": st.just(False),
}
SENT_AND_READ = ("QueueFilter", "SavedSearchFilter", "WorkPoolStorageConfiguration")
WITH_TRIGGERS = {"AutomationCreate", "AutomationUpdate"}


@pytest.fixture(scope="session")
def server_models() -> dict[str, Any]:
    """The server's own pydantic models, by name."""
    import_module("prefect.server.api.server")  # after the environment is set
    pydantic = import_module("pydantic")

    found: dict[str, Any] = {}
    stack: list[Any] = [pydantic.BaseModel]
    while stack:
        for each in stack.pop().__subclasses__():
            stack.append(each)
            if each.__module__.startswith(("prefect.server", "prefect.types")):
                found.setdefault(each.__name__, each)
    return found


def _sent(body: Any) -> Any:
    return msgspec.json.decode(msgspec.json.encode(body))


def _fitting(name: str, full: bool) -> st.SearchStrategy[Any]:
    struct = STRUCTS[name]
    special = {field: BY_NAME[field] for field in BY_NAME.keys() & set(struct.__struct_fields__)}
    if name.endswith("Filter"):
        return built(struct, full=full)
    return st.tuples(built(struct, full=full), st.fixed_dictionaries(special)).map(lambda pair: _changed(*pair))


def _changed(body: msgspec.Struct, changes: dict[str, Any]) -> msgspec.Struct:
    given = {name: value for name, value in changes.items() if getattr(body, name) is not msgspec.UNSET}
    return msgspec.structs.replace(body, **given)


@pytest.mark.parametrize("full", [False, True], ids=["some", "all"])
@pytest.mark.parametrize("name", sorted({*REQUESTS, *SENT_AND_READ} - WITH_TRIGGERS))
def test_the_server_takes_a_request(
    name: str, full: bool, schemas: dict[str, Any], server_models: dict[str, Any]
) -> None:
    schema = {"components": {"schemas": schemas}, "$ref": f"#/components/schemas/{schemas_of(name)[0]}"}
    check = jsonschema.Draft202012Validator(schema)
    server_model = server_models.get(schemas_of(name)[0])
    assert (server_model is None) == schemas_of(name)[0].startswith("Body_")

    @QUICK
    @given(_fitting(name, full))
    def taken(body: msgspec.Struct) -> None:
        assume(name != "BlockDocumentCreate" or _sent(body).get("name"))
        sent = _sent(body)
        check.validate(sent)
        if server_model is not None:
            assert server_model.model_validate_json(msgspec.json.encode(body)).model_fields_set >= sent.keys()

    taken()


def test_an_event_is_the_same_however_often_it_is_sent_and_no_other() -> None:
    before = datetime.now(UTC)
    event = Event(event="order.paid", resource={"prefect.resource.id": "order.1"})
    assert _sent(event) == _sent(event)
    assert UUID(_sent(event)["id"]) == event.id != Event(event="order.paid", resource=event.resource).id
    assert before <= event.occurred <= datetime.now(UTC)


@QUICK
@given(built(Event), st.none() | st.datetimes(timezones=st.just(UTC)))
def test_an_event_that_was_sent_is_read_as_it_was(event: Event, received: datetime | None) -> None:
    page = {"events": [_sent(event) | {"received": received}], "total": 1, "next_page": None}
    (read,) = msgspec.json.decode(msgspec.json.encode(page), type=EventPage, strict=False).events
    assert isinstance(read, ReceivedEvent) and read.received == received
    assert {name: getattr(read, name) for name in event.__struct_fields__} == msgspec.structs.asdict(event)


@QUICK
@given(built(WorkPool, full=True))
def test_a_work_pool_survives_the_wire(pool: WorkPool) -> None:
    assert msgspec.json.decode(msgspec.json.encode(pool), type=WorkPool, strict=False) == pool


def test_unset_null_and_empty_are_distinguished() -> None:
    assert _sent(WorkPoolUpdate()) == {}
    assert _sent(WorkPoolUpdate(concurrency_limit=None)) == {"concurrency_limit": None}
    assert _sent(WorkPoolCreate(name="p", storage_configuration=WorkPoolStorageConfiguration())) == {
        "name": "p",
        "storage_configuration": {},
    }
    assert _sent(ArtifactFilter()) == {}
    assert _sent(EventFilter(text=None)) == {"text": None}
    assert _sent(VariableUpdate(value=None)) == {"value": None}


@pytest.mark.parametrize(
    "shown",
    [
        BlockDocument(id=UUID(int=1), data={"password": "s3cret"}),
        BlockDocumentCreate(block_schema_id="a", block_type_id="b", data={"password": "s3cret"}),
        BlockDocumentUpdate(data={"password": "s3cret"}),
        CsrfToken(id=UUID(int=1), token="s3cret", expiration=datetime.now(UTC)),
        Variable(id=UUID(int=1), name="v", value="s3cret"),
        VariableCreate(name="v", value=["s3cret"]),
        VariableUpdate(value={"a": "s3cret"}),
    ],
    ids=lambda shown: type(shown).__name__,
)
def test_a_secret_is_not_shown(shown: Any) -> None:
    rich = pytest.importorskip("rich.pretty")
    for text in (repr(shown), str(shown), f"{[shown]}", rich.pretty_repr(shown)):
        assert "s3cret" not in text and MASK in text and type(shown).__name__ in text
    assert b"s3cret" in msgspec.json.encode(shown)


def test_what_is_not_secret_is_shown() -> None:
    assert repr(VariableUpdate(name="v")) == f"VariableUpdate(name='v', value={MASK!r}, tags=UNSET)"


def test_errors_of_values_are_read_however_deep() -> None:
    response = {
        "valid": False,
        "errors": [
            "too short",
            {"property": "items", "errors": [{"index": 3, "errors": ["not a number"]}]},
            {"from": "tomorrow"},
        ],
    }
    read = msgspec.json.decode(msgspec.json.encode(response), type=SchemaValuesValidationResponse, strict=False)
    inner = SchemaValuePropertyError(property="items", errors=[SchemaValueIndexError(index=3, errors=["not a number"])])
    assert read.errors == ["too short", inner, {"from": "tomorrow"}]


def test_counts_of_task_runs_are_read() -> None:
    assert msgspec.json.decode(b'[{"completed":3,"failed":1}]', type=list[TaskRunCount]) == [
        TaskRunCount(completed=3, failed=1)
    ]

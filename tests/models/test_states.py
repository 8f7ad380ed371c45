"""States: what they say of a run, and how new ones are made."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, get_args
from uuid import UUID, uuid4

import msgspec
import pytest
from hypothesis import given, settings

from prefectkit import models
from prefectkit.models import State, StateCreate, StateDetails, StateType, with_transition_id
from prefectkit.models.states import TERMINAL_STATES
from tests.models.strategies import built

MOMENT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
NAMES = {
    "Scheduled": ("SCHEDULED", None),
    "Late": ("SCHEDULED", "Late"),
    "AwaitingRetry": ("SCHEDULED", "AwaitingRetry"),
    "AwaitingConcurrencySlot": ("SCHEDULED", "AwaitingConcurrencySlot"),
    "Pending": ("PENDING", None),
    "Submitting": ("PENDING", "Submitting"),
    "InfrastructurePending": ("PENDING", "InfrastructurePending"),
    "Running": ("RUNNING", None),
    "Retrying": ("RUNNING", "Retrying"),
    "Completed": ("COMPLETED", None),
    "Failed": ("FAILED", None),
    "Crashed": ("CRASHED", None),
    "Cancelling": ("CANCELLING", None),
    "Cancelled": ("CANCELLED", None),
    "Paused": ("PAUSED", None),
    "Suspended": ("PAUSED", "Suspended"),
}


def _make(name: str) -> Callable[..., Any]:
    return getattr(models, name)


@pytest.mark.parametrize("name", NAMES)
def test_a_new_state_has_the_type_and_name_that_the_official_function_gives_it(name: str) -> None:
    from prefect import states  # after the environment is set

    official = getattr(states, name)()
    type_, own_name = NAMES[name]
    made = _make(name)()
    assert (made.type, made.name or official.name) == (type_, official.name)
    assert (official.type.value, own_name or official.name) == (type_, official.name)


def test_no_official_function_is_missing() -> None:
    from prefect import states  # after the environment is set

    official = {
        name
        for name, each in vars(states).items()
        if name[0].isupper() and inspect.isfunction(each) and each.__module__ == "prefect.states"
    }
    assert official == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_new_state_takes_what_every_state_has(name: str) -> None:
    details = StateDetails(cache_key="key")
    made = _make(name)(name="Mine", message="why", data={"a": 1}, state_details=details)
    assert (made.name, made.message, made.data) == ("Mine", "why", {"a": 1})
    assert isinstance(made.state_details, StateDetails) and made.state_details.cache_key == "key"
    assert details == StateDetails(cache_key="key")


def test_a_plain_state_sends_its_type_alone() -> None:
    assert msgspec.json.encode(models.Completed()) == b'{"type":"COMPLETED"}'


@pytest.mark.parametrize("name", [name for name, (kind, _) in NAMES.items() if kind == "SCHEDULED"])
def test_a_scheduled_state_says_when(name: str) -> None:
    made = _make(name)(scheduled_time=MOMENT)
    assert made.state_details.scheduled_time == MOMENT
    with pytest.raises(ValueError, match="scheduled_time is given twice"):
        _make(name)(scheduled_time=MOMENT, state_details=StateDetails(scheduled_time=MOMENT))


@pytest.mark.parametrize(("name", "leaves"), [("Paused", False), ("Suspended", True)])
def test_a_pause_says_when_it_ends(name: str, leaves: bool) -> None:
    def details(**given: Any) -> Any:
        return _make(name)(**given).state_details

    assert details().pause_timeout is None
    assert details(pause_key="k") == StateDetails(pause_key="k", pause_reschedule=leaves)
    assert details(pause_expiration_time=MOMENT).pause_timeout == MOMENT
    before = datetime.now(UTC)
    ends = details(timeout_seconds=60).pause_timeout
    assert before + timedelta(seconds=60) <= ends <= datetime.now(UTC) + timedelta(seconds=60)
    with pytest.raises(ValueError, match="timeout_seconds is given twice: 1 and 2026"):
        details(timeout_seconds=1, pause_expiration_time=MOMENT)
    with pytest.raises(ValueError, match="the end of the pause is given twice"):
        details(timeout_seconds=1, state_details=StateDetails(pause_timeout=MOMENT))


def test_paused_can_leave_the_infrastructure() -> None:
    assert models.Paused(reschedule=True).state_details == StateDetails(pause_reschedule=True)


@pytest.mark.parametrize("type_", StateType)
def test_a_state_says_what_it_is(type_: StateType) -> None:
    state = State(id=uuid4(), type=type_)
    said = {name for name in dir(State) if name.startswith("is_") and getattr(state, name)()}
    assert said == {f"is_{type_.lower()}"} | ({"is_final"} if type_ in TERMINAL_STATES else set())


def test_the_final_states_are_those_of_the_server() -> None:
    from prefect.server.schemas.states import TERMINAL_STATES as OFFICIAL  # after the environment is set

    assert {type_.value for type_ in TERMINAL_STATES} == {type_.value for type_ in OFFICIAL}


def test_an_annotation_names_the_type_of_the_result() -> None:
    state = State[int](type=StateType.COMPLETED, data=3)
    assert type(state) is State and state.data == 3
    assert State[int] != State[str] and State[int] | None
    assert get_args(State[int]) == (int,)


@pytest.mark.parametrize("state", [State(type=StateType.COMPLETED, data=3), models.Completed(data=3)])
@pytest.mark.parametrize("name", ["result", "aresult"])
def test_without_prefect_no_state_has_a_result(state: Any, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("prefectkit.models.prefect_engine.official_class", lambda name: None)
    with pytest.raises(AttributeError, match=rf"^{name}\(\) of a state .* write `import prefect.states` first$"):
        getattr(state, name)()


@settings(max_examples=60, deadline=None)
@given(built(State))
def test_a_state_to_set_has_a_new_transition_and_loses_nothing(state: State) -> None:
    before = msgspec.json.encode(state)
    made: list[Any] = [with_transition_id(state), with_transition_id(state)]
    assert msgspec.json.encode(state) == before
    for each in made:
        assert isinstance(each, StateCreate)
        assert (each.type, each.name, each.message, each.data) == (state.type, state.name, state.message, state.data)
        assert isinstance(each.state_details, StateDetails)
        kept = msgspec.structs.replace(each.state_details, transition_id=state.state_details.transition_id)
        assert kept == state.state_details
    ids = {each.state_details.transition_id for each in made}
    assert len(ids - {None, state.state_details.transition_id}) == 2


@pytest.mark.parametrize("state", [models.Failed(message="no"), models.Scheduled(MOMENT)])
def test_a_made_state_is_not_changed_when_it_is_set(state: StateCreate) -> None:
    before = msgspec.json.encode(state)
    sent = with_transition_id(state)
    assert msgspec.json.encode(state) == before
    assert isinstance(sent.state_details, StateDetails) and isinstance(sent.state_details.transition_id, UUID)
    assert sent.message == state.message


def test_a_transition_id_of_the_caller_is_kept() -> None:
    mine = uuid4()
    sent = with_transition_id(models.Running(state_details=StateDetails(transition_id=mine)))
    assert sent.state_details == StateDetails(transition_id=mine)


@settings(max_examples=60, deadline=None)
@given(built(State))
def test_a_state_is_read_as_it_was_written(state: State) -> None:
    assert msgspec.json.decode(msgspec.json.encode(state), type=State, strict=False) == state


@pytest.mark.parametrize("kind", [member for member in StateType if member.name != "SCHEDULED"])
def test_a_state_is_made_of_its_type(kind: StateType) -> None:
    before = datetime.now(UTC)
    state = models.State(type=kind)
    assert isinstance(state.id, UUID)
    assert state.timestamp is not None and before <= state.timestamp <= datetime.now(UTC)
    assert getattr(state, f"is_{kind.lower()}")() and not state.is_scheduled()
    assert with_transition_id(state).type is kind
    assert getattr(models.StateCreate(type=kind), f"is_{kind.lower()}")()


def test_what_is_made_here_has_an_id_and_what_is_read_needs_one() -> None:
    id, moment = uuid4(), datetime(2026, 1, 1, tzinfo=UTC)
    assert models.State(type=StateType.FAILED, id=id, timestamp=moment).id == id
    assert models.Flow(name="a").id != models.Flow(name="a").id
    assert models.Flow(name="a", id=id).id == id
    assert models.FlowRun(flow_id=id).name == ""
    assert models.WorkPool(name="a", type="process").type == "process"
    for model, body in (
        (models.Flow, b'{"name": "a"}'),
        (models.State, b'{"type": "FAILED"}'),
        (models.FlowRun, b'{"id": "00000000-0000-0000-0000-000000000001", "name": "a"}'),
        (models.FlowRun, b'{"id": "%b", "flow_id": "%b"}' % (str(id).encode(), str(id).encode())),
    ):
        with pytest.raises(msgspec.ValidationError, match="missing required field"):
            msgspec.json.decode(body, type=model)

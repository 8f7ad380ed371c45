"""What is suggested for a name that there is not, and that nothing else about attributes and arguments changes."""

from __future__ import annotations

import copy
import inspect
import pickle
import subprocess
import sys
from typing import Any
from unittest.mock import MagicMock, create_autospec

import pytest

from prefectkit.core.suggestions import LISTED, Suggesting, did_you_mean, explained, nearest, unknown_attribute

METHODS = "bulk_delete count create delete iterate list read read_by_name set_state update".split()
CLIENT = "close flow_runs flows health task_run_states task_runs work_pools work_queues".split()
OPTIONS = "api api_key body flow_run_id httpx_settings max_attempts since sort state timeout".split()


@pytest.mark.parametrize(
    ("name", "known", "best"),
    [
        ("get", METHODS, ["read"]),
        ("fetch", METHODS, ["read"]),
        ("all", METHODS, ["list", "iterate"]),
        ("remove", METHODS, ["delete"]),
        ("new", METHODS, ["create"]),
        ("by_name", METHODS, ["read_by_name"]),
        ("get_by_name", METHODS, ["read_by_name"]),
        ("read_flow_run", METHODS, ["read"]),
        ("set_states", METHODS, ["set_state"]),
        ("cancel", METHODS, ["set_state"]),
        ("reed", METHODS, ["read", "create"]),
        ("quux", METHODS, []),
        ("flowruns", CLIENT, ["flow_runs"]),
        ("flow_run", CLIENT, ["flow_runs"]),
        ("FlowRuns", CLIENT, ["flow_runs"]),
        ("pools", CLIENT, ["work_pools"]),
        ("runs", CLIENT, ["flow_runs", "task_runs", "task_run_states"]),
        ("healthcheck", CLIENT, ["health"]),
        ("aclose", CLIENT, ["close"]),
        ("retries", OPTIONS, ["max_attempts"]),
        ("url", OPTIONS, ["api"]),
        ("id", OPTIONS, ["flow_run_id"]),
        ("json", OPTIONS, ["body"]),
        ("after", OPTIONS, ["since"]),
        ("timout", OPTIONS, ["timeout"]),
        ("any", ["any_", "like_"], ["any_"]),
        ("flow_filter", ["flows", "flow_runs"], ["flows"]),
        ("get_flow_run", ["read_flow_run", "read_flow_runs"], ["read_flow_run"]),
    ],
)
def test_the_nearest_names(name: str, known: list[str], best: list[str]) -> None:
    assert nearest(name, known) == best


def test_a_message_names_the_nearest_or_lists_all_if_they_are_few() -> None:
    assert did_you_mean("all", METHODS) == ". Did you mean 'list' or 'iterate'?"
    assert did_you_mean("quux", METHODS) == f". There are {', '.join(METHODS)}"
    assert did_you_mean("quux", []) == did_you_mean("quux", [f"x{each}" for each in range(LISTED + 1)]) == ""


class Group(Suggesting):
    """Some methods."""

    def __init__(self) -> None:
        self.flow_runs = 1

    def read(self) -> int:
        return 1

    @property
    def broken(self) -> int:
        return self._missing  # type: ignore[no-any-return, attr-defined]


def test_an_unknown_attribute_names_the_nearest() -> None:
    with pytest.raises(AttributeError, match=r"^'Group' object has no attribute 'get'\. Did you mean 'read'\?$"):
        Group().get  # noqa: B018 -- it is what is tested


@pytest.mark.parametrize(
    ("name", "method"),
    [
        ("read_flow_run", "flow_runs.read"),
        ("read_flow_runs", "flow_runs.list"),
        ("get_flow_run", "flow_runs.read"),
        ("create_flow_run", "flow_runs.create"),
        ("remove_flow_run", "flow_runs.delete"),
    ],
)
def test_a_flat_name_is_told_as_the_method_of_its_resource(name: str, method: str) -> None:
    assert f"Did you mean '{method}'? The flat names are" in str(unknown_attribute(Group(), name))


@pytest.mark.parametrize("name", ["set_flow_run", "pause_flow_run", "read_deployment", "read_"])
def test_what_is_no_flat_name_is_not_taken_for_one(name: str) -> None:
    assert "flat" not in str(unknown_attribute(Group(), name))


@pytest.mark.parametrize("name", ["_private", "__len__", "__rich_repr__"])
def test_nothing_is_suggested_for_what_is_not_public(name: str) -> None:
    assert str(unknown_attribute(Group(), name)) == f"'Group' object has no attribute {name!r}"


def test_what_asks_for_attributes_is_answered_as_before() -> None:
    group = Group()
    assert not hasattr(group, "get")
    assert getattr(group, "get", 5) == 5
    assert copy.copy(group).flow_runs == copy.deepcopy(group).flow_runs == 1
    assert pickle.loads(pickle.dumps(group)).flow_runs == 1
    assert "__getattr__" not in {name for name, _ in inspect.getmembers(group)} - set(dir(group))
    for mock in (MagicMock(spec=Group), create_autospec(Group, instance=True)):
        assert not hasattr(mock, "get")
        assert hasattr(mock, "read")


def test_an_object_that_was_not_initialized_has_the_same_errors() -> None:
    empty: Any = Group.__new__(Group)
    with pytest.raises(AttributeError, match="has no attribute 'flow_runs'"):
        empty.flow_runs  # noqa: B018 -- it is what is tested


def test_a_property_that_raises_is_not_taken_for_a_missing_one() -> None:
    with pytest.raises(AttributeError, match="'_missing'"):
        Group().broken  # noqa: B018 -- it is what is tested


def test_the_interpreter_adds_no_second_suggestion() -> None:
    program = "from tests.core.test_suggestions import Group; Group().reed"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stderr.strip().endswith("'Group' object has no attribute 'reed'. Did you mean 'read'?")


class Thing:
    @explained
    def __init__(self, api: str, *, max_attempts: int = 1) -> None:
        self.api = api

    @explained
    def send(self, body: Any, **more: Any) -> Any:
        return body()


def test_an_unknown_keyword_names_the_nearest() -> None:
    with pytest.raises(TypeError) as caught:
        Thing("x", retries=3)  # type: ignore[call-arg]
    wanted = "Thing(): unexpected keyword argument 'retries'. Did you mean 'max_attempts'? It takes api, max_attempts"
    assert str(caught.value) == wanted
    assert caught.value.__suppress_context__
    with pytest.raises(TypeError, match=r"unexpected keyword argument 'quux'\. It takes api, max_attempts$"):
        Thing("x", quux=3)  # type: ignore[call-arg]


def test_other_type_errors_are_left_as_they_are() -> None:
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'api'"):
        Thing()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="'str' object is not callable"):
        Thing("x").send("y", anything=1)


def test_an_explained_function_shows_its_own_signature() -> None:
    assert list(inspect.signature(Thing).parameters) == ["api", "max_attempts"]
    assert Thing("x").send(lambda: 5) == 5

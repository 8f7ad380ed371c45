"""An idempotency key that was used before, for the same run or for another one."""

from __future__ import annotations

import linecache
import warnings
from typing import Any

import pytest

from prefectkit.core.errors import ReusedKeyWarning
from prefectkit.core.hooks import Hooks
from prefectkit.core.http.messages import Response
from prefectkit.core.io import run
from prefectkit.core.retries.policy import RetrySafety
from tests.core.calls import RESET, operation
from tests.fakes import FakeTransport, engine_of, response

KEYED = {"idempotency_key": "k", "name": "n", "parameters": {"x": 1}}


def create(sent: Any, *responses: Any, retry_safety: RetrySafety = RetrySafety.KEYED) -> Response:
    """The response, as a plugin sees it."""
    seen: list[Response] = []
    hooks = Hooks()
    hooks.after_call = (lambda call, response: seen.append(response),)
    engine = engine_of(FakeTransport(*responses), hooks=hooks)
    run(engine.call(operation(retry_safety), Any, {}, None, sent))
    return seen[0]


@pytest.mark.parametrize(
    "found",
    [
        {"name": "n", "parameters": {"x": 1}},
        {"name": "n", "parameters": {"x": 1, "of the deployment": 2}},
    ],
)
@pytest.mark.parametrize("responses", [(), (RESET,)])
def test_the_same_run_again_is_marked(found: Any, responses: Any) -> None:
    assert create(KEYED, *responses, response(found)).deduplicated
    assert not create(KEYED, *responses, response(found, 201)).deduplicated


@pytest.mark.parametrize(
    ("found", "names"),
    [
        ({"name": "other", "parameters": {"x": 1}}, "another name;"),
        ({"name": None, "parameters": {"x": 1}}, "another name;"),
        ({"name": "n", "parameters": {"x": 2}}, "another parameters;"),
        ({"name": "n", "parameters": {"x": True}}, "another parameters;"),
        ({"name": "n", "parameters": {"x": {"y": 1}}}, "another parameters;"),
        ({"name": "n", "parameters": {}}, "another parameters;"),
        ({"name": "n", "parameters": None}, "another parameters;"),
        ({"name": "other", "parameters": {"x": 2}}, "another name and other parameters;"),
    ],
)
def test_another_run_is_warned_of(found: Any, names: str) -> None:
    with pytest.warns(ReusedKeyWarning, match=f"^flows.do: the idempotency key was used before, .* {names}"):
        assert create(KEYED, response(found)).deduplicated


def test_the_warning_points_to_the_call() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        create(KEYED, response({"name": "other"}))
    (warning,) = caught
    assert warning.filename == __file__
    assert linecache.getline(__file__, warning.lineno).strip().startswith("run(engine.call(")


@pytest.mark.parametrize(
    ("sent", "found"),
    [
        ({"idempotency_key": "k"}, {"name": "any", "parameters": {"x": 1}}),
        ({"idempotency_key": "k", "parameters": None}, {"name": "any", "parameters": {"x": 1}}),
        (
            {"idempotency_key": "k", "parameters": {"x": {"__prefect_kind": "json", "value": "1"}}},
            {"name": "any", "parameters": {"x": 1}},
        ),
    ],
)
def test_what_was_not_sent_does_not_count(sent: Any, found: Any) -> None:
    assert create(sent, response(found)).deduplicated


def test_nothing_else_is_marked() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert not create([KEYED], response({"results": []})).deduplicated
        assert not create(KEYED, response([])).deduplicated
        assert not create({"state": {}}, response({"name": "n"})).deduplicated
        assert not create(KEYED, response({"name": "other"}), retry_safety=RetrySafety.IDEMPOTENT).deduplicated

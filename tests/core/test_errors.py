"""The tree of errors is the one that is drawn, and every error can be shown, copied and sent to another process."""

from __future__ import annotations

import copy
import pickle
import re
from typing import Any

import pytest

import prefectkit.errors
from prefectkit.core import errors
from prefectkit.core.concurrency.outcomes import Outcome
from prefectkit.core.errors import (
    BulkError,
    CallError,
    ConnectError,
    NotFound,
    PluginError,
    PrefectKitError,
    ResponseDecodeError,
    StatusError,
    TransportError,
    TransportTimeout,
)
from prefectkit.core.http.messages import Response
from prefectkit.core.http.paths import PathTemplate
from prefectkit.core.operation import Operation
from prefectkit.core.retries.policy import Phase, RetrySafety

CLASSES = {
    name: value for name, value in vars(errors).items() if isinstance(value, type) and issubclass(value, BaseException)
}
OPERATION = Operation(
    name="flows.read", method="GET", path=PathTemplate("/flows/{id:uuid}"), retry_safety=RetrySafety.READ
)
MADE: dict[type[PrefectKitError], Any] = {
    ResponseDecodeError: lambda cls: cls("odd", status=201, content_type="text/html", excerpt="<p>"),
    BulkError: lambda cls: cls("2 of 3 calls failed", [PluginError("broke"), ConnectError("down")]),
    PluginError: lambda cls: cls("broke", plugin="p", hook="before_send"),
    TransportError: lambda cls: cls("gone", phase=Phase.REFUSED, retryable=False),
    StatusError: lambda cls: cls("no", response=Response(404, {"a": "b"}, b"{}"), detail={"x": 1}),
}


def drawn() -> dict[str, str | None]:
    """Each class by name with its base, as the module's docstring draws them."""
    tree: dict[str, str | None] = {}
    above: list[str] = []
    _, _, drawing = (errors.__doc__ or "").partition("\n\n")
    for line in filter(None, drawing.splitlines()):
        branch, text = re.match(r"([│├└─ ]*)(.*)", line).groups()  # type: ignore[union-attr] -- it matches any line
        depth = len(branch) // 4
        names = [text.split()[0]] if "," not in text.split("  ")[0] else re.findall(r"(\w+) \d{3}", text)
        for name in names:
            tree[name] = above[depth - 1] if depth else None
        above[depth:] = names[-1:]
    return tree


def test_the_drawn_tree_is_the_real_one() -> None:
    real = {name: cls.__bases__[0].__name__ for name, cls in CLASSES.items()}
    assert drawn() == real | {"PrefectKitError": None, "UserWarning": None}
    assert PrefectKitError.__bases__ == (Exception,)


@pytest.mark.parametrize(
    ("name", "builtin"),
    [
        ("InvalidParameterError", ValueError),
        ("RequestEncodeError", ValueError),
        ("ClientClosedError", RuntimeError),
        ("TransportTimeout", TimeoutError),
    ],
)
def test_what_the_drawing_says_beside_the_tree(name: str, builtin: type[BaseException]) -> None:
    assert f"(also a {builtin.__name__})" in next(line for line in (errors.__doc__ or "").splitlines() if name in line)
    assert issubclass(CLASSES[name], builtin)


def test_the_public_module_has_all_of_them_and_nothing_else() -> None:
    assert prefectkit.errors.__all__ == sorted(CLASSES)
    for name, cls in CLASSES.items():
        assert getattr(prefectkit.errors, name) is cls


@pytest.mark.parametrize("cls", CLASSES.values(), ids=CLASSES)
def test_every_error_is_documented_and_survives_copy_and_pickle(cls: type[PrefectKitError]) -> None:
    assert cls.__doc__
    make = next((make for base, make in MADE.items() if issubclass(cls, base)), lambda cls: cls("text"))
    error = make(cls)
    if isinstance(error, CallError):
        error.operation, error.attempts, error.retry_after = OPERATION, 3, 1.5
    for other in (copy.copy(error), copy.deepcopy(error), pickle.loads(pickle.dumps(error))):
        assert type(other) is cls
        assert str(other) == str(error)
        assert vars(other).keys() == vars(error).keys()
        for name in ("status", "detail", "phase", "retryable", "plugin", "hook", "excerpt", "content_type", "attempts"):
            assert getattr(other, name, None) == getattr(error, name, None)
        if isinstance(other, StatusError):
            assert other.response.body == b"{}"
        if isinstance(other, CallError):
            assert other.operation is not None
            assert str(other.operation) == "GET /flows/{id}"


def test_a_call_error_says_what_was_called_and_how_often() -> None:
    error = TransportError("it broke")
    assert str(error) == "it broke"
    error.attempts = 1
    assert str(error) == "it broke"
    error.operation, error.attempts = OPERATION, 3
    assert str(error) == "flows.read: it broke (after 3 attempts)"
    error.exhausted = "budget"
    assert str(error) == (
        "flows.read: it broke (after 3 attempts). It was not sent again: too many calls of this client failed lately, "
        "and its retries are used up. They come back with time, and as calls succeed: see what the first ones failed "
        "with, and call later"
    )


def test_a_transport_error_has_a_phase() -> None:
    assert (TransportError("").phase, TransportError("").retryable) == (Phase.AMBIGUOUS, True)
    assert ConnectError("").phase is Phase.NOTHING_SENT
    assert ConnectError("", retryable=False).retryable is False
    assert TransportTimeout("", phase=Phase.NOTHING_SENT).phase is Phase.NOTHING_SENT
    assert TransportTimeout("").phase is Phase.AMBIGUOUS


@pytest.mark.parametrize(
    ("status", "name"),
    [
        (400, "BadRequest"),
        (401, "Unauthorized"),
        (403, "Forbidden"),
        (404, "NotFound"),
        (409, "Conflict"),
        (422, "UnprocessableEntity"),
        (423, "Locked"),
        (429, "TooManyRequests"),
        (418, "StatusError"),
        (300, "StatusError"),
        *((status, "RedirectError") for status in (301, 302, 303, 307, 308)),
        (500, "ServerError"),
        (503, "ServerError"),
        (599, "ServerError"),
        (999, "ServerError"),
    ],
)
def test_each_status_has_its_class(status: int, name: str) -> None:
    assert StatusError.of(status).__name__ == name


def test_a_class_without_a_status_takes_none() -> None:
    class Special(NotFound):
        pass

    assert StatusError.of(404) is NotFound
    assert issubclass(Special, StatusError)


def test_a_pickled_bulk_error_has_neither_items_nor_results() -> None:
    failure = ConnectError("down")
    error = BulkError("1 of 2 calls failed", [failure])
    error.outcomes = [Outcome(0, {"value": "hunter2"}, "hunter2"), Outcome(1, {"value": "hunter2"}, error=failure)]
    kept = pickle.dumps(error)
    assert b"hunter2" not in kept
    outcomes = pickle.loads(kept).outcomes
    assert [(each.index, each.item, str(each.error)) for each in outcomes] == [(0, None, "None"), (1, None, "down")]

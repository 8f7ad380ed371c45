"""One operation of each kind, and how to tell that its response is the right one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple
from uuid import UUID

from prefectkit.core.retries.policy import RetrySafety
from prefectkit.models.filters import VariableFilter, VariableFilterName
from tests.faults.ledger import Ledger

FLOW = UUID(int=1)


class Kind(NamedTuple):
    """An operation that stands for all of its kind.

    Attributes:
        retry_safety: Its class.
        call: Calls it, about the object of a name.
        is_right: Whether what it returns is about that name.
        prepare: What has to be there before.
    """

    retry_safety: RetrySafety
    call: Callable[[Any, str], Awaitable[Any]]
    is_right: Callable[[Any, str], bool]
    prepare: Callable[[Ledger, str], object] = lambda ledger, name: None


def _is_named(value: Any, name: str) -> bool:
    return bool(value.name == name)


def _is_nothing(value: Any, name: str) -> bool:
    return value is None


def _found(name: str) -> VariableFilter:
    return VariableFilter(name=VariableFilterName(any_=[name]))


def _add(ledger: Ledger, name: str) -> None:
    ledger.objects[name] = "before"


KINDS: dict[str, Kind] = {
    "GET": Kind(RetrySafety.READ, lambda client, name: client.variables.read_by_name(name), _is_named),
    "read POST": Kind(
        RetrySafety.READ,
        lambda client, name: client.variables.list(variables=_found(name)),
        lambda value, name: [each.name for each in value] == [name],
    ),
    "keyed POST": Kind(
        RetrySafety.KEYED, lambda client, name: client.flow_runs.create(flow_id=FLOW, name=name), _is_named
    ),
    "conflicting POST": Kind(
        RetrySafety.CONFLICT,
        lambda client, name: client.variables.create(name=name, value=name),
        lambda value, name: (value.name, value.value) == (name, name),
    ),
    "POST": Kind(
        RetrySafety.NEVER,
        lambda client, name: client.artifacts.create(key=name),
        lambda value, name: value.key == name,
    ),
    "PUT": Kind(RetrySafety.IDEMPOTENT, lambda client, name: client.saved_searches.create(name=name), _is_named),
    "PATCH": Kind(
        RetrySafety.IDEMPOTENT,
        lambda client, name: client.variables.update_by_name(name, value="after"),
        _is_nothing,
        _add,
    ),
    "DELETE": Kind(RetrySafety.DELETE, lambda client, name: client.variables.delete_by_name(name), _is_nothing, _add),
}
CHANGES = tuple(name for name, kind in KINDS.items() if kind.retry_safety is not RetrySafety.READ)

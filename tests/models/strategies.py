"""Hypothesis strategies that build a model from its own annotations."""

from __future__ import annotations

import types
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Annotated, Any, Literal, Union, get_args, get_origin
from uuid import UUID

import msgspec
from hypothesis import strategies as st

from tests.models.schema_tools import hints, required, sent, union
from tests.versions import members

# The server refuses these five in a name.
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="/%&<>"), min_size=1, max_size=20)
MOMENTS = st.datetimes(datetime(1970, 1, 2), datetime(2200, 1, 1), timezones=st.just(UTC))
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXT,
    lambda inner: st.lists(inner, max_size=2),
    max_leaves=3,
)
# What the server holds to a form that no type tells.
BY_NAME: dict[str, st.SearchStrategy[Any]] = {
    "cron": st.sampled_from(["0 9 * * 1-5", "*/5 * * * *"]),
    "rrule": st.sampled_from(["FREQ=DAILY", "DTSTART:20240101T000000\nFREQ=WEEKLY;BYDAY=MO"]),
    "timezone": st.sampled_from(["UTC", "Europe/Berlin", "America/New_York"]),
    "key": st.sampled_from(["key", "a-key.1"]),
    "slug": st.sampled_from(["slug", "a-slug-1"]),
    "replaces": st.sampled_from(["slug", "a-slug-1"]),
    "labels": st.dictionaries(TEXT, TEXT | st.booleans() | st.integers(-9, 9), max_size=2),
    "job_variables": st.just({"env": {"A": "1"}}),
    "parameter_openapi_schema": st.just({"type": "object", "properties": {"a": {"type": "string"}}}),
    "task_inputs": st.just({"a": [{"input_type": "parameter", "name": "a"}], "b": []}),
    "retry_type": st.sampled_from([None, "in_process", "reschedule"]),
    "retry_delay_seconds": st.integers(0, 9).map(float),
    "run_input_keyset": st.none() | st.dictionaries(TEXT, TEXT, max_size=2),
    "global_concurrency_limit_id": st.none(),  # not beside a `concurrency_limit`
    "page": st.integers(1, 9),
    "max_scheduled_runs": st.integers(1, 9),
    "concurrency_limit": st.none() | st.integers(1, 9),
    "grace_period_seconds": st.none() | st.integers(60, 900),
}
BY_TYPE: dict[Any, st.SearchStrategy[Any]] = {
    str: TEXT,
    int: st.integers(1, 50),
    float: st.floats(0, 1e6),
    bool: st.booleans(),
    UUID: st.uuids(),
    datetime: MOMENTS,
    timedelta: st.timedeltas(timedelta(seconds=1), timedelta(days=900)),
    type(None): st.none(),
    msgspec.UnsetType: st.just(msgspec.UNSET),
    Any: JSON_VALUES,
}


def built(struct: type[Any], *, full: bool = False) -> st.SearchStrategy[Any]:
    """Objects of a Struct: with some of the optional fields, or with all of them."""
    wire = sent(struct)
    fields = {name: _field(name, annotation, full) for name, annotation in hints(struct).items() if name in wire}
    needed = {name: fields.pop(name) for name in required(struct)}
    if full:
        return st.fixed_dictionaries(needed | fields).map(lambda values: struct(**values))
    return st.fixed_dictionaries(needed, optional=fields).map(lambda values: struct(**values))


def _field(name: str, annotation: Any, full: bool) -> st.SearchStrategy[Any]:
    if dict[str, str | list[str]] in union(annotation):  # the labels of events, unlike those of runs, are texts
        return _values(annotation, full)
    if name in BY_NAME and not any(
        isinstance(each, type) and issubclass(each, msgspec.Struct) for each in union(annotation)
    ):
        return BY_NAME[name]
    return _values(annotation, full)


def _values(annotation: Any, full: bool) -> st.SearchStrategy[Any]:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if annotation in BY_TYPE:
        return BY_TYPE[annotation]
    if origin is Annotated:
        return _values(arguments[0], full)
    if origin in (Union, types.UnionType):
        kept = [each for each in arguments if not full or each not in (type(None), msgspec.UnsetType)]
        if any(each is UUID for each in kept):
            kept = [UUID]
        return st.one_of([_values(each, full) for each in kept if each != dict[str, Any]] or [JSON_OBJECTS])
    if origin in (list, Sequence):
        return st.lists(_values(arguments[0], full), min_size=int(full), max_size=2)
    if origin is dict:
        return st.dictionaries(TEXT, _values(arguments[1], full), max_size=2)
    if origin is tuple:
        return st.tuples(*[_values(each, full) for each in arguments])
    if origin is Literal:
        return st.sampled_from(arguments)
    if issubclass(annotation, Enum):
        return st.sampled_from(members(annotation))
    return built(annotation, full=full)


JSON_OBJECTS = st.dictionaries(TEXT, JSON_VALUES, max_size=2)

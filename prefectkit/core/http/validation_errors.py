"""Messages for 422: the refused fields with reasons. Of a union, only the best matching variant is reported."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, Final, NamedTuple, TypeAlias

import msgspec

Location: TypeAlias = tuple[str | int, ...]

MOST_FAULTS: Final = 5
"""The largest number of groups of refused fields in a message."""

MOST_REASON: Final = 160
"""The longest reason in a message, in characters."""

# The names that pydantic uses. Names of models have capitals, those of containers have brackets.
_SIMPLE_KINDS: Final = frozenset(
    {"bool", "bytes", "date", "datetime", "float", "int", "none", "str", "timedelta", "uuid"}
)
_ABSENT: Final = object()
_ADVICE: Final = "Input should be "


class Fault(NamedTuple):
    """A refused field.

    Attributes:
        location: Its path in the body, without the names of union variants.
        kinds: For each union on the path, the length of the path before it, and the variant that was tried.
        reason: Why it is refused.
        type: The type of the reason, as pydantic names it.
    """

    location: Location
    kinds: tuple[tuple[int, str], ...]
    reason: str
    type: str


def refused_fields(faults: Iterable[Any], body: bytes) -> str:
    """The refused fields and the reasons, as text.

    Args:
        faults: The list of the server: dicts with `loc`, `msg` and `type`.
        body: The request's body.
    """
    try:
        sent = msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        sent = _ABSENT
    found: list[Fault] = []
    other: list[str] = []
    for fault in faults:
        match fault:
            case {"loc": [*location], "msg": str(reason)}:
                found.append(_fault(location, reason, str(fault.get("type")), sent))
            case _:
                other.append(msgspec.json.encode(fault).decode("utf-8", "replace"))
    lines = [*_lines(_resolve_unions(found)), *other]
    more = f"; and {len(lines) - MOST_FAULTS} more" if len(lines) > MOST_FAULTS else ""
    return "; ".join(lines[:MOST_FAULTS]) + more


def _fault(loc: Sequence[Any], reason: str, type_: str, sent: Any) -> Fault:
    """A fault, with the server's `loc` split into the location in the sent body and the union variants."""
    if loc[:1] != ["body"]:
        return Fault(tuple(loc), (), reason, type_)
    if sent is _ABSENT:
        return Fault(tuple(loc[1:]), (), reason, type_)
    location: list[str | int] = []
    kinds: list[tuple[int, str]] = []
    value = sent
    for step in loc[1:]:
        inner = _inner(value, step)
        if inner is _ABSENT and _names_a_kind(value, step):
            kinds.append((len(location), step))
        else:
            location.append(step)
            value = inner
    if type_ in ("uuid_type", "uuid_parsing") and isinstance(value, dict) and "id" in value:
        reason = "an object was given: pass its .id"
    return Fault(tuple(location), tuple(kinds), reason, type_)


def _names_a_kind(value: Any, step: Any) -> bool:
    """Whether a step of `loc` that is not in the body names a union variant, such as `CronSchedule` or `int`."""
    if not isinstance(step, str):
        return False
    return not isinstance(value, dict) or not (step.isidentifier() and step.islower()) or step in _SIMPLE_KINDS


def _inner(value: Any, step: Any) -> Any:
    try:
        return value[step] if isinstance(value, (dict, list)) else _ABSENT  # pyright: ignore[reportUnknownVariableType] -- parsed JSON
    except (KeyError, IndexError, TypeError):
        return _ABSENT


def _resolve_unions(faults: list[Fault]) -> list[Fault]:
    """The faults that remain when only the best matching variant of each union is kept."""
    settled = [fault for fault in faults if not fault.kinds]
    unions: dict[Location, dict[str, list[Fault]]] = {}
    for fault in faults:
        if fault.kinds:
            (depth, kind), *inner = fault.kinds
            kinds = unions.setdefault(fault.location[:depth], {})
            kinds.setdefault(kind, []).append(fault._replace(kinds=tuple(inner)))
    for location, kinds in unions.items():
        settled += _best(location, list(kinds.values()))
    return settled


def _best(location: Location, kinds: list[list[Fault]]) -> list[Fault]:
    """The faults of the best matching variant; if several match equally well, one fault that names all reasons."""
    ranks = [_mismatch(location, faults) for faults in kinds]
    if min(ranks)[0]:
        # The object's `type` is that of no variant.
        tags = [fault for faults in kinds for fault in faults if _is_tag(location, fault)]
        return [tags[0]._replace(reason=_either(fault.reason for fault in tags))]
    best = [_resolve_unions(faults) for faults, rank in zip(kinds, ranks, strict=True) if rank == min(ranks)]
    if len(best) == 1:
        return best[0]
    shared = [fault for fault in best[0] if all(fault in others for others in best)]
    own = [[fault for fault in faults if fault not in shared] for faults in best]
    reasons = [_sentence(location, faults) for faults in own if faults]
    return [*shared, Fault(location, (), _either(reasons), "")] if reasons else shared


def _mismatch(location: Location, faults: list[Fault]) -> tuple[bool, int]:
    """How badly an object matches a variant: whether its `type` differs, and how many fields are missing or extra."""
    structural = [
        fault
        for fault in faults
        if fault.type in ("missing", "extra_forbidden") and len(fault.location) == len(location) + 1
    ]
    return any(_is_tag(location, fault) for fault in faults), len(structural)


def _is_tag(location: Location, fault: Fault) -> bool:
    return fault.location == (*location, "type") and fault.type in ("literal_error", "enum")


def _either(reasons: Iterable[str]) -> str:
    """Alternative reasons, joined by "or"."""
    first, *others = dict.fromkeys(reasons)
    return " or ".join([first, *(other.removeprefix(_ADVICE) for other in others)])


def _sentence(location: Location, faults: list[Fault]) -> str:
    return ", ".join(
        f"{name}: {fault.reason}" if (name := _dotted(fault.location[len(location) :])) else fault.reason
        for fault in faults
    )


def _lines(faults: list[Fault]) -> Iterator[str]:
    """Each reason with its fields."""
    for (parent, reason), same in groupby(faults, lambda fault: (fault.location[:-1], fault.reason)):
        fields = _cut(", ".join(str(fault.location[-1]) for fault in same if fault.location))
        where = _dotted(parent)
        join = ": " if where and ", " in fields else "."
        name = f"{where}{join}{fields}" if where else fields or "the body"
        yield f"{name}: {_cut(reason)}"


def _dotted(location: Location) -> str:
    return ".".join(map(str, location))


def _cut(text: str) -> str:
    return text if len(text) <= MOST_REASON else f"{text[:MOST_REASON]}..."

"""The message of a 422: only the intended kind of a union, with fields of the same reason together."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from prefectkit.core.http.validation_errors import MOST_FAULTS, MOST_REASON, refused_fields

EXTRA = "Extra inputs are not permitted"
MISSING = "Field required"
CRON = "function-after[validate_timezone(), CronSchedule]"
INTERVAL = "function-after[validate_timezone(), IntervalSchedule]"
COMPOUND = "function-after[validate_require(), CompoundTrigger]"


def fault(reason: str, type_: str, *place: str | int) -> dict[str, Any]:
    return {"loc": ["body", *place], "msg": reason, "type": type_}


def missing(*place: str | int) -> dict[str, Any]:
    return fault(MISSING, "missing", *place)


def extra(*place: str | int) -> dict[str, Any]:
    return fault(EXTRA, "extra_forbidden", *place)


def tag(kind: str, *place: str | int) -> dict[str, Any]:
    return fault(f"Input should be '{kind}'", "literal_error", *place, "type")


def told(body: Any, *faults: Any) -> str:
    return refused_fields(faults, msgspec.json.encode(body))


def test_only_the_best_matching_variant_of_a_union_is_reported() -> None:
    body = {"schedules": [{"schedule": {"cron": "0 * * * *", "timezone": "Mars/X"}}]}
    place = ("schedules", 0, "schedule")
    said = told(
        body,
        missing(*place, INTERVAL, "interval"),
        extra(*place, INTERVAL, "cron"),
        fault("Invalid timezone", "value_error", *place, CRON),
        missing(*place, "RRuleSchedule", "rrule"),
        extra(*place, "RRuleSchedule", "cron"),
    )
    assert said == "schedules.0.schedule: Invalid timezone"


def test_a_tag_says_which_kind_is_meant() -> None:
    said = told(
        {"trigger": {"type": "event"}},
        missing("trigger", "EventTrigger", "posture"),
        missing("trigger", "EventTrigger", "expect"),
        tag("compound", "trigger", COMPOUND),
    )
    assert said == "trigger: posture, expect: Field required"


def test_an_unknown_tag_is_reported_with_the_known_ones() -> None:
    said = told(
        {"trigger": {"type": "evnt"}},
        tag("event", "trigger", "EventTrigger"),
        tag("compound", "trigger", COMPOUND),
        missing("trigger", COMPOUND, "triggers"),
        tag("sequence", "trigger", "SequenceTrigger"),
    )
    assert said == "trigger.type: Input should be 'event' or 'compound' or 'sequence'"


def test_a_union_within_a_union() -> None:
    place = ("trigger", COMPOUND, "triggers", 0)
    said = told(
        {"trigger": {"type": "compound", "triggers": [{"type": "event", "threshold": "x"}]}},
        tag("event", "trigger", "EventTrigger"),
        fault("Input should be an integer", "int_parsing", *place, "EventTrigger", "threshold"),
        tag("compound", *place, COMPOUND),
        tag("sequence", *place, "SequenceTrigger"),
        tag("sequence", "trigger", "SequenceTrigger"),
        fault(
            "Input should be an integer", "x", "trigger", "SequenceTrigger", "triggers", 0, "EventTrigger", "threshold"
        ),
    )
    assert said == "trigger.triggers.0.threshold: Input should be an integer"


def test_equally_matching_variants_are_reported_as_one() -> None:
    said = told(
        {"labels": {"a": {}}},
        fault("Input should be a valid boolean", "bool_type", "labels", "a", "bool"),
        fault("Input should be a valid integer", "int_type", "labels", "a", "int"),
    )
    assert said == "labels.a: Input should be a valid boolean or a valid integer"
    said = told(
        {"schedule": {"corn": "x"}},
        missing("schedule", CRON, "cron"),
        extra("schedule", CRON, "corn"),
        missing("schedule", "RRuleSchedule", "rrule"),
        extra("schedule", "RRuleSchedule", "corn"),
    )
    assert said == f"schedule.corn: {EXTRA}; schedule: cron: {MISSING} or rrule: {MISSING}"
    assert told({"a": {"b": 1}}, extra("a", "X", "b"), extra("a", "Y", "b")) == f"a.b: {EXTRA}"


def test_fields_with_the_same_reason_are_reported_together() -> None:
    body = {"schedules": [{"id": 1, "created": 2}], "name": "x"}
    assert told(body, extra("schedules", 0, "id"), extra("schedules", 0, "created"), missing("flow_id")) == (
        f"schedules.0: id, created: {EXTRA}; flow_id: {MISSING}"
    )
    assert told({"a": 1, "b": 2}, extra("a"), extra("b")) == f"a, b: {EXTRA}"


@pytest.mark.parametrize("type_", ["uuid_type", "uuid_parsing"])
def test_an_object_where_an_id_is_meant(type_: str) -> None:
    faults = [fault("UUID input should be a string", type_, "flow_id")]
    assert told({"flow_id": {"id": "1", "name": "etl"}}, *faults) == "flow_id: an object was given: pass its .id"
    assert told({"flow_id": {"name": "etl"}}, *faults) == "flow_id: UUID input should be a string"
    assert told({"flow_id": 7}, *faults) == "flow_id: UUID input should be a string"


def test_what_stands_elsewhere_or_is_of_another_shape_is_told_as_it_is() -> None:
    query = {"loc": ["query", "limit"], "msg": "too many", "type": "x"}
    assert told({}, query, "odd", {"msg": 1}) == 'query.limit: too many; "odd"; {"msg":1}'
    assert told([], fault("Input should be an object", "x")) == "the body: Input should be an object"
    assert told([1], fault("no", "x", 0)) == "0: no"
    assert told({"tags": ["a"]}, fault("no", "x", "tags", 7)) == "tags.7: no"
    assert refused_fields([extra("schedule", CRON, "corn")], b"no JSON") == f"schedule.{CRON}.corn: {EXTRA}"
    assert refused_fields([], b"{}") == ""


def test_much_is_cut() -> None:
    said = told({}, *(fault(f"{number}" * 1000, "x", f"field{number}") for number in range(MOST_FAULTS + 3)))
    assert said.endswith("...; and 3 more")
    assert len(said) < MOST_FAULTS * (MOST_REASON + 20) + 20
    assert told({}, *(missing(f"field{number}") for number in range(200))).endswith(f"...: {MISSING}")

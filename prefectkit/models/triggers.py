"""The triggers of automations."""

from __future__ import annotations

import textwrap
from datetime import timedelta
from typing import Any, TypeAlias, cast, get_args
from uuid import UUID

from msgspec import UNSET, UnsetType, field

from prefectkit.models.base import JSON, Model, OpenEnum, Variant, as_variant
from prefectkit.models.filters.events import ResourceSpecification as ResourceSpecification


def _kind(class_name: str) -> str:
    return class_name.removesuffix("Trigger").lower()


class Posture(OpenEnum):
    """Whether a trigger waits for events to come (`Reactive`), for them to stay away (`Proactive`), or for a metric."""

    Reactive = "Reactive"
    Proactive = "Proactive"
    Metric = "Metric"


class Trigger(Model, tag_field="type", tag=_kind):
    """What an automation waits for. Its kind is sent as `type`: `EventTrigger` is `event`.

    Attributes:
        id: The id of the trigger. The server chooses it.
    """

    id: UUID | UnsetType = UNSET

    @property
    def type(self) -> str:
        """The kind of trigger, as the server spells it."""
        return str(self.__struct_config__.tag)

    def describe_for_cli(self, indent: int = 0) -> str:
        """The trigger in words, on one or more lines.

        Args:
            indent: How far the lines are indented, in steps of two spaces.
        """
        return textwrap.indent(self._description(indent), "  " * indent)

    def _description(self, indent: int) -> str:
        return self.type.capitalize()


class ResourceTrigger(Trigger):
    """A trigger about resources.

    Attributes:
        id: The id of the trigger. The server chooses it.
        match: The labels of the resource. Default: any.
        match_related: The labels of the related resources; of several, all must match. Default: any.
    """

    match: ResourceSpecification = field(default_factory=ResourceSpecification)
    match_related: ResourceSpecification | list[ResourceSpecification] = field(default_factory=ResourceSpecification)


class EventTrigger(ResourceTrigger):
    """Events that come, or that stay away.

    Attributes:
        id: The id of the trigger. The server chooses it.
        match: The labels of the resource that the events are about. Default: any.
        match_related: The labels of their related resources; of several, all must match. Default: any.
        after: The names of the events of which one must come first; a name may end with `*`. Default: none.
        expect: The names of the events waited for; a name may end with `*`. Default: any.
        for_each: The labels whose values are counted apart, such as `prefect.resource.id` or
            `related:flow:prefect.resource.id`. Default: none.
        posture: Whether the events are to come (`Reactive`) or to stay away (`Proactive`). Default: `Reactive`.
        threshold: How many events. Default: 1.
        within: In what time; seconds, or a timedelta, which is turned into seconds. At least 10 seconds for
            `Proactive`. Default: 0, which is 10 seconds for `Proactive`.
    """

    after: set[str] = field(default_factory=set[str])
    expect: set[str] = field(default_factory=set[str])
    for_each: set[str] = field(default_factory=set[str])
    posture: Posture = Posture.Reactive
    threshold: int = 1
    within: timedelta | float = 0.0

    def __post_init__(self) -> None:
        self.within = _seconds(self.within)

    def _description(self, indent: int) -> str:
        if self.posture == Posture.Reactive:
            return f"Reactive: expecting {self.threshold} of {self.expect}"
        window = timedelta(seconds=cast(float, self.within))
        return f"Proactive: expecting {self.threshold} {self.expect} event within {window}"


class PrefectMetric(OpenEnum):
    """A metric of Prefect Cloud."""

    lateness = "lateness"
    duration = "duration"
    successes = "successes"


class MetricTriggerOperator(OpenEnum):
    """How a metric is compared with the threshold."""

    LT = "<"
    LTE = "<="
    GT = ">"
    GTE = ">="


class MetricTriggerQuery(Model):
    """A metric, and when it is out of bounds.

    Attributes:
        name: The metric.
        threshold: What it is compared with.
        operator: How it is compared with the threshold.
        range: The time that the metric is taken over; seconds, or a timedelta, which is turned into seconds. At least
            300 seconds, the default.
        firing_for: How long the metric is out of bounds before the trigger fires; seconds, or a timedelta, which is
            turned into seconds. At least 300 seconds, the default.
    """

    name: PrefectMetric
    threshold: float
    operator: MetricTriggerOperator
    range: timedelta | float = 300.0
    firing_for: timedelta | float = 300.0

    def __post_init__(self) -> None:
        self.range = _seconds(self.range)
        self.firing_for = _seconds(self.firing_for)


class MetricTrigger(ResourceTrigger):
    """A metric that is out of bounds. Only Prefect Cloud has it.

    Attributes:
        id: The id of the trigger. The server chooses it.
        match: The labels of the resource. Default: any.
        match_related: The labels of the related resources; of several, all must match. Default: any.
        posture: `Metric`.
        metric: The metric, and when it is out of bounds.
    """

    posture: Posture = Posture.Metric
    metric: MetricTriggerQuery

    def _description(self, indent: int) -> str:
        metric, window = self.metric, timedelta(seconds=cast(float, self.metric.range))
        name, operator = PrefectMetric(metric.name), MetricTriggerOperator(metric.operator)
        return f"Metric: {name.value} {operator.value} {float(metric.threshold)} for {window}"


class CompositeTrigger(Trigger):
    """Several triggers.

    Attributes:
        id: The id of the trigger. The server chooses it.
        triggers: The triggers; any of them may be of several again.
        within: In what time; seconds, or a timedelta, which is turned into seconds. None: in any.
    """

    triggers: list[Variant[TriggerTypes]]
    within: timedelta | float | None = None

    def __post_init__(self) -> None:
        self.triggers = [as_trigger(trigger) for trigger in self.triggers]
        if self.within is not None:
            self.within = _seconds(self.within)

    def _description(self, indent: int) -> str:
        inner = [
            # As deep as Prefect's own, which indents a trigger within a trigger by all levels again.
            trigger.describe_for_cli(indent + 1) if isinstance(trigger, Trigger) else str(trigger)
            for trigger in self.triggers
        ]
        return "\n".join([self._heading(), *inner])

    def _heading(self) -> str:
        return "In this order:"


class CompoundTrigger(CompositeTrigger):
    """Several triggers, of which some or all must fire, in any order.

    Attributes:
        id: The id of the trigger. The server chooses it.
        triggers: The triggers; any of them may be of several again.
        require: How many of them: a number, `any` or `all`.
        within: In what time; seconds, or a timedelta, which is turned into seconds. None: in any.
    """

    require: int | str

    def _heading(self) -> str:
        return f"{str(self.require).capitalize()} of:"


class SequenceTrigger(CompositeTrigger):
    """Several triggers, which must fire one after the other, in their order."""


_Known: TypeAlias = EventTrigger | MetricTrigger | CompoundTrigger | SequenceTrigger

TriggerTypes: TypeAlias = _Known | JSON
"""Any kind of trigger. An unknown kind stays JSON."""

_KINDS: dict[str, type[Model]] = {kind.__struct_config__.tag: kind for kind in get_args(_Known)}


def as_trigger(value: Any) -> TriggerTypes:
    """A trigger from JSON, as the Struct of its kind."""
    return cast(TriggerTypes, as_variant(value, "type", _KINDS))


def _seconds(duration: timedelta | float) -> float:
    # The server compares the window of a proactive trigger with a number: it returns 500 for the text of a timedelta.
    return duration.total_seconds() if isinstance(duration, timedelta) else duration

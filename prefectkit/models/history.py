"""The history of runs: the number of runs in each state, by interval."""

from __future__ import annotations

from datetime import timedelta

from msgspec import UNSET, UnsetType, field

from prefectkit.models.base import Model, Timestamp
from prefectkit.models.filters.work_pools import WorkQueueFilter
from prefectkit.models.selections import PoolSelection, Selection
from prefectkit.models.states import StateType


class HistoryResponseState(Model):
    """The runs in one state during an interval.

    Attributes:
        state_type: The type of the state.
        state_name: The name of the state.
        count_runs: How many runs were in it.
        sum_estimated_run_time: How long these runs have run, together.
        sum_estimated_lateness: How late these runs started, together.
    """

    state_type: StateType
    state_name: str
    count_runs: int = 0
    sum_estimated_run_time: timedelta = timedelta()
    sum_estimated_lateness: timedelta = timedelta()


class HistoryResponse(Model):
    """One interval of a history.

    Attributes:
        interval_start: The start of the interval.
        interval_end: The end of the interval.
        states: The runs in each state.
    """

    interval_start: Timestamp
    interval_end: Timestamp
    states: list[HistoryResponseState] = field(default_factory=list[HistoryResponseState])


class TaskRunHistoryQuery(Selection):
    """Which task runs, and over which time.

    Attributes:
        history_start: When the first interval begins.
        history_end: When the last interval ends.
        history_interval_seconds: The length of an interval: a duration, or its seconds. At least 1 second.
    """

    history_start: Timestamp
    history_end: Timestamp
    history_interval_seconds: timedelta | float

    def __post_init__(self) -> None:
        super().__post_init__()
        if isinstance(self.history_interval_seconds, timedelta):
            self.history_interval_seconds = self.history_interval_seconds.total_seconds()


class FlowRunHistoryQuery(PoolSelection):
    """Which flow runs, and over which time.

    Attributes:
        work_queues: A filter on the work queue. Default: any.
        history_start: When the first interval begins.
        history_end: When the last interval ends.
        history_interval_seconds: The length of an interval: a duration, or its seconds. At least 1 second.
    """

    work_queues: WorkQueueFilter | UnsetType | None = UNSET
    history_start: Timestamp
    history_end: Timestamp
    history_interval_seconds: timedelta | float

    def __post_init__(self) -> None:
        super().__post_init__()
        if isinstance(self.history_interval_seconds, timedelta):
            self.history_interval_seconds = self.history_interval_seconds.total_seconds()

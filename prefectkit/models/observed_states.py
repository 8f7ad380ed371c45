"""The states that runs were seen in."""

from __future__ import annotations

from prefectkit.models.base import Model, OpenEnum, Timestamp
from prefectkit.models.states import StateType


class ObservedStateSort(OpenEnum):
    """The order of observed states."""

    NAME_ASC = "NAME_ASC"
    LAST_SEEN_DESC = "LAST_SEEN_DESC"


class ObservedState(Model):
    """A type and a name of a state, and when runs entered it. Runs that were deleted no longer count.

    Attributes:
        state_type: The type of the state.
        state_name: The name of the state.
        first_seen: When a run first entered it.
        last_seen: When a run last entered it.
    """

    state_type: StateType
    state_name: str
    first_seen: Timestamp
    last_seen: Timestamp

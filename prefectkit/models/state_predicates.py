"""Predicates of states: `is_running()`, `is_final()` and so on."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from prefectkit.models.states import StateType

FINAL = frozenset({"COMPLETED", "FAILED", "CANCELLED", "CRASHED"})
"""The types of state in which a run has ended."""


class StatePredicates:
    """A mixin of states that were read and states to set."""

    __slots__ = ()

    if TYPE_CHECKING:
        type: StateType

    def is_scheduled(self) -> bool:
        """Whether the run is to start later."""
        return self.type == "SCHEDULED"

    def is_pending(self) -> bool:
        """Whether the run is about to start."""
        return self.type == "PENDING"

    def is_running(self) -> bool:
        """Whether the run is running."""
        return self.type == "RUNNING"

    def is_completed(self) -> bool:
        """Whether the run has succeeded."""
        return self.type == "COMPLETED"

    def is_failed(self) -> bool:
        """Whether the run has failed with an error of its own code."""
        return self.type == "FAILED"

    def is_crashed(self) -> bool:
        """Whether the run was ended by a failure of its infrastructure."""
        return self.type == "CRASHED"

    def is_cancelled(self) -> bool:
        """Whether the run has been cancelled."""
        return self.type == "CANCELLED"

    def is_cancelling(self) -> bool:
        """Whether the run is being cancelled."""
        return self.type == "CANCELLING"

    def is_paused(self) -> bool:
        """Whether the run is paused or suspended."""
        return self.type == "PAUSED"

    def is_final(self) -> bool:
        """Whether the run has ended."""
        return self.type in FINAL

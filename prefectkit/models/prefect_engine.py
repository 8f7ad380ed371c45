"""Prefect's engine, if it is loaded in this process: its runs, and the states that it takes.

The engine knows a state by `isinstance`. Nothing here imports Prefect.
"""

from __future__ import annotations

import inspect
import sys
from typing import TYPE_CHECKING, Any, TypeVar, cast

T = TypeVar("T")


def run_contexts() -> tuple[Any, Any]:
    """The contexts of the task run and of the flow run that the engine executes here; None where there is none."""
    module: Any = sys.modules.get("prefect.context")
    # Another thread may be importing it.
    if module is None or not hasattr(module, "TaskRunContext"):
        return None, None
    return module.TaskRunContext.get(), module.FlowRunContext.get()


def as_engine_state(state: T) -> T:
    """The state; in a run of the engine, one of Prefect's own class with the same fields."""
    if run_contexts() == (None, None):
        return state
    # An enum or a Struct of this package is none of its own; the data is anything.
    fields = vars(state)
    fields["type"] = fields["type"].value
    if "state_details" in fields:
        fields["state_details"] = dict(fields["state_details"])
    return cast(T, _official_state()(**fields))


def _official_state() -> Any:
    return getattr(sys.modules.get("prefect.client.schemas.objects"), "State", None)


class EngineState:
    """A mixin of states: `isinstance` with Prefect's own `State` is true for them, while that is loaded.

    The engine takes a state of a run, which was read, for one of its own. One that was made outside of a run is
    refused, as it would be taken for data: a flow that returns `Failed()` would be Completed.
    """

    __slots__ = ()

    # Older versions of pydantic ask for it in `isinstance`, before they ask for the class.
    __pydantic_decorators__ = None

    if not TYPE_CHECKING:

        @property
        def __class__(self) -> type:
            """The class that `isinstance` takes it for.

            Raises:
                TypeError: The engine asks whether a flow or task has returned a state, and this one is of no run.
            """
            details = self.state_details or None
            if (details is None or not (details.flow_run_id or details.task_run_id)) and _caller() in _ENGINE:
                raise TypeError(
                    f"Prefect's engine does not take {self!r} for a state, as it was made outside of a run: call "
                    "Completed(), Failed() and the like within the flow or task"
                )
            return _official_state() or type(self)


_ENGINE = frozenset({"prefect.states", "prefect._internal.states", "prefect.task_engine"})
"""The modules that decide by `isinstance` what a flow or task has returned."""


def _caller() -> str:
    """The module that calls `isinstance`."""
    frame = inspect.currentframe()
    while frame is not None:
        name: str = frame.f_globals.get("__name__", "")
        # Older versions of pydantic have an `isinstance` of their own.
        if name not in (__name__, "abc") and not name.startswith("pydantic."):
            return name
        frame = frame.f_back
    return ""

"""Prefect's engine, if it is loaded in this process: its current runs, and the states that it accepts.

The engine recognizes a state by `isinstance`. Nothing here imports Prefect.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar, cast

from prefectkit.models.prefect_bridge import PrefectBridge, calling_module, class_for, official_class

T = TypeVar("T")


def run_contexts() -> tuple[Any, Any]:
    """The contexts of the task run and of the flow run that the engine executes here; None where there is none."""
    module: Any = sys.modules.get("prefect.context")
    # Another thread may be importing it.
    if module is None or not hasattr(module, "TaskRunContext"):
        return None, None
    return module.TaskRunContext.get(), module.FlowRunContext.get()


def as_engine_state(state: T) -> T:
    """The state; in a run of the engine, an object of Prefect's own class with the same fields."""
    if run_contexts() == (None, None):
        return state
    return cast(T, _as_official(state, cast(Any, official_class("State"))))


def _as_official(state: object, official: Callable[..., Any]) -> Any:
    """An object of Prefect's own class `State` with the same fields."""
    # Prefect accepts no enum or Struct of this package; the data may be anything.
    fields = vars(state)
    fields["type"] = fields["type"].value
    if "state_details" in fields:
        fields["state_details"] = dict(fields["state_details"])
    return official(**fields)


class EngineState(PrefectBridge):
    """A mixin of states. The engine accepts a state that was read, which belongs to a run, as one of its own.

    A state created outside of a run is refused, since the engine would treat it as data: a flow that returns `Failed()`
    would be Completed.
    """

    __slots__ = ()

    @property
    def result(self) -> Callable[..., Any]:
        """`state.result()`: the result of the run, which Prefect's engine loads from its storage; its error is raised.

        Raises:
            AttributeError: Prefect is not loaded in this process.
        """
        return self._of_official("result")

    @property
    def aresult(self) -> Callable[..., Any]:
        """`await state.aresult()`: the same, always awaited.

        Raises:
            AttributeError: Prefect is not loaded in this process.
        """
        return self._of_official("aresult")

    def _of_official(self, name: str) -> Callable[..., Any]:
        official = official_class("State")
        if official is None:
            raise AttributeError(
                f"{name}() of a state loads a result with Prefect's engine: write `import prefect.states` first",
                name=name,
                obj=self,
            )
        return cast("Callable[..., Any]", getattr(_as_official(self, official), name))

    if not TYPE_CHECKING:

        @property
        def __class__(self) -> type:
            """The class that `isinstance` sees.

            Raises:
                TypeError: The engine checks whether a flow or task returned a state, and this one belongs to no run.
            """
            details = self.state_details or None
            if (details is None or not (details.flow_run_id or details.task_run_id)) and calling_module() in _ENGINE:
                raise TypeError(
                    f"Prefect's engine does not take {self!r} for a state, as it was made outside of a run: call "
                    "Completed(), Failed() and the like within the flow or task"
                )
            return class_for(self)


_ENGINE = frozenset({"prefect.states", "prefect._internal.states", "prefect.task_engine"})
"""The modules that check by `isinstance` whether a flow or task returned a state."""

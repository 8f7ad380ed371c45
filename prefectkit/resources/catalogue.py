"""The resources of a client by name, and the list of all operations.

A resource module is imported when it is first used, so that a script pays only for the models it speaks of.
"""

from __future__ import annotations

import pkgutil
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, cast

import prefectkit.resources
from prefectkit.core.endpoint import M, Method, Resource
from prefectkit.core.operation import Operation
from prefectkit.resources.server import Server

if TYPE_CHECKING:
    from prefectkit.resources.deployments import Deployments
    from prefectkit.resources.flow_run_states import FlowRunStates
    from prefectkit.resources.flow_runs import FlowRuns
    from prefectkit.resources.flows import Flows
    from prefectkit.resources.logs import Logs
    from prefectkit.resources.task_run_states import TaskRunStates
    from prefectkit.resources.task_runs import TaskRuns


class Resources(Server[M]):
    """`client.<name>`: one property for each route group."""

    @cached_property
    def flows(self) -> Flows[M]:
        """Flows."""
        from prefectkit.resources.flows import Flows

        return Flows(self)

    @cached_property
    def flow_runs(self) -> FlowRuns[M]:
        """Flow runs, their states, labels, inputs and logs."""
        from prefectkit.resources.flow_runs import FlowRuns

        return FlowRuns(self)

    @cached_property
    def task_runs(self) -> TaskRuns[M]:
        """Task runs."""
        from prefectkit.resources.task_runs import TaskRuns

        return TaskRuns(self)

    @cached_property
    def deployments(self) -> Deployments[M]:
        """Deployments and their schedules."""
        from prefectkit.resources.deployments import Deployments

        return Deployments(self)

    @cached_property
    def flow_run_states(self) -> FlowRunStates[M]:
        """The history of a flow run's states."""
        from prefectkit.resources.flow_run_states import FlowRunStates

        return FlowRunStates(self)

    @cached_property
    def task_run_states(self) -> TaskRunStates[M]:
        """The history of a task run's states."""
        from prefectkit.resources.task_run_states import TaskRunStates

        return TaskRunStates(self)

    @cached_property
    def logs(self) -> Logs[M]:
        """Logs."""
        from prefectkit.resources.logs import Logs

        return Logs(self)


def operations() -> dict[str, Operation]:
    """Every operation that the SDK has a method for, by name. Needs no network; imports every resource."""
    found: dict[str, Operation] = {}
    for module in pkgutil.iter_modules(prefectkit.resources.__path__, "prefectkit.resources."):
        for value in vars(import_module(module.name)).values():
            if isinstance(value, type) and issubclass(value, Resource):
                found |= {operation.name: operation for operation in _declared(cast(type, value))}
    return dict(sorted(found.items()))


def _declared(resource: type) -> list[Operation]:
    members = vars(resource).values()
    return [item.operation for item in members if isinstance(item, Method) and item.operation is not None]

"""The resources of a client by name, and the list of all operations.

A resource module is imported when it is first used, so that a script imports only the models that it uses.
"""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

import prefectkit.resources
from prefectkit.core.endpoint import M, Method, Resource
from prefectkit.core.lazy_property import lazy_property
from prefectkit.core.operation import Operation
from prefectkit.resources.server import Server

if TYPE_CHECKING:
    from prefectkit.resources.admin import Admin
    from prefectkit.resources.artifacts import Artifacts
    from prefectkit.resources.automations import Automations
    from prefectkit.resources.block_capabilities import BlockCapabilities
    from prefectkit.resources.block_documents import BlockDocuments
    from prefectkit.resources.block_schemas import BlockSchemas
    from prefectkit.resources.block_types import BlockTypes
    from prefectkit.resources.collections import Collections
    from prefectkit.resources.concurrency_limits import ConcurrencyLimits
    from prefectkit.resources.deployments import Deployments
    from prefectkit.resources.events import Events
    from prefectkit.resources.flow_run_states import FlowRunStates
    from prefectkit.resources.flow_runs import FlowRuns
    from prefectkit.resources.flows import Flows
    from prefectkit.resources.global_concurrency_limits import GlobalConcurrencyLimits
    from prefectkit.resources.logs import Logs
    from prefectkit.resources.observed_states import ObservedStates
    from prefectkit.resources.saved_searches import SavedSearches
    from prefectkit.resources.slas import SLAs
    from prefectkit.resources.task_run_states import TaskRunStates
    from prefectkit.resources.task_runs import TaskRuns
    from prefectkit.resources.task_workers import TaskWorkers
    from prefectkit.resources.templates import Templates
    from prefectkit.resources.ui import UI
    from prefectkit.resources.variables import Variables
    from prefectkit.resources.work_pools import WorkPools
    from prefectkit.resources.work_queues import WorkQueues


class Resources(Server[M]):
    """`client.<name>`: one property for each route group."""

    @lazy_property
    def admin(self) -> Admin[M]:
        """The server's own settings."""
        from prefectkit.resources.admin import Admin

        return Admin(self)

    @lazy_property
    def artifacts(self) -> Artifacts[M]:
        """Artifacts, and the latest of each key."""
        from prefectkit.resources.artifacts import Artifacts

        return Artifacts(self)

    @lazy_property
    def automations(self) -> Automations[M]:
        """Automations: triggers and actions."""
        from prefectkit.resources.automations import Automations

        return Automations(self)

    @lazy_property
    def block_capabilities(self) -> BlockCapabilities[M]:
        """What blocks can do."""
        from prefectkit.resources.block_capabilities import BlockCapabilities

        return BlockCapabilities(self)

    @lazy_property
    def block_documents(self) -> BlockDocuments[M]:
        """Block documents: stored configuration and secrets."""
        from prefectkit.resources.block_documents import BlockDocuments

        return BlockDocuments(self)

    @lazy_property
    def block_schemas(self) -> BlockSchemas[M]:
        """The fields of block types."""
        from prefectkit.resources.block_schemas import BlockSchemas

        return BlockSchemas(self)

    @lazy_property
    def block_types(self) -> BlockTypes[M]:
        """The kinds of block."""
        from prefectkit.resources.block_types import BlockTypes

        return BlockTypes(self)

    @lazy_property
    def collections(self) -> Collections[M]:
        """What integration packages declare."""
        from prefectkit.resources.collections import Collections

        return Collections(self)

    @lazy_property
    def concurrency_limits(self) -> ConcurrencyLimits[M]:
        """Limits of task runs by tag."""
        from prefectkit.resources.concurrency_limits import ConcurrencyLimits

        return ConcurrencyLimits(self)

    @lazy_property
    def deployments(self) -> Deployments[M]:
        """Deployments and their schedules."""
        from prefectkit.resources.deployments import Deployments

        return Deployments(self)

    @lazy_property
    def events(self) -> Events[M]:
        """Events."""
        from prefectkit.resources.events import Events

        return Events(self)

    @lazy_property
    def flow_run_states(self) -> FlowRunStates[M]:
        """The history of a flow run's states."""
        from prefectkit.resources.flow_run_states import FlowRunStates

        return FlowRunStates(self)

    @lazy_property
    def flow_runs(self) -> FlowRuns[M]:
        """Flow runs, their states, labels, inputs and logs."""
        from prefectkit.resources.flow_runs import FlowRuns

        return FlowRuns(self)

    @lazy_property
    def flows(self) -> Flows[M]:
        """Flows."""
        from prefectkit.resources.flows import Flows

        return Flows(self)

    @lazy_property
    def global_concurrency_limits(self) -> GlobalConcurrencyLimits[M]:
        """Limits of anything by name, and leases."""
        from prefectkit.resources.global_concurrency_limits import GlobalConcurrencyLimits

        return GlobalConcurrencyLimits(self)

    @lazy_property
    def logs(self) -> Logs[M]:
        """Logs."""
        from prefectkit.resources.logs import Logs

        return Logs(self)

    @lazy_property
    def observed_states(self) -> ObservedStates[M]:
        """The states that runs were seen in."""
        from prefectkit.resources.observed_states import ObservedStates

        return ObservedStates(self)

    @lazy_property
    def saved_searches(self) -> SavedSearches[M]:
        """Searches that were saved in the UI."""
        from prefectkit.resources.saved_searches import SavedSearches

        return SavedSearches(self)

    @lazy_property
    def slas(self) -> SLAs[M]:
        """Service level agreements, on Prefect Cloud."""
        from prefectkit.resources.slas import SLAs

        return SLAs(self)

    @lazy_property
    def task_run_states(self) -> TaskRunStates[M]:
        """The history of a task run's states."""
        from prefectkit.resources.task_run_states import TaskRunStates

        return TaskRunStates(self)

    @lazy_property
    def task_runs(self) -> TaskRuns[M]:
        """Task runs."""
        from prefectkit.resources.task_runs import TaskRuns

        return TaskRuns(self)

    @lazy_property
    def task_workers(self) -> TaskWorkers[M]:
        """Processes that wait for deferred task runs."""
        from prefectkit.resources.task_workers import TaskWorkers

        return TaskWorkers(self)

    @lazy_property
    def templates(self) -> Templates[M]:
        """The templates of automations and notifications."""
        from prefectkit.resources.templates import Templates

        return Templates(self)

    @lazy_property
    def ui(self) -> UI[M]:
        """The routes of Prefect's own UI."""
        from prefectkit.resources.ui import UI

        return UI(self)

    @lazy_property
    def variables(self) -> Variables[M]:
        """Variables."""
        from prefectkit.resources.variables import Variables

        return Variables(self)

    @lazy_property
    def work_pools(self) -> WorkPools[M]:
        """Work pools, their queues and workers."""
        from prefectkit.resources.work_pools import WorkPools

        return WorkPools(self)

    @lazy_property
    def work_queues(self) -> WorkQueues[M]:
        """Work queues by id."""
        from prefectkit.resources.work_queues import WorkQueues

        return WorkQueues(self)


def operations(client: Resources[Any] | None = None) -> dict[str, Operation]:
    """Every operation that the SDK has a method for, by name. Needs no network; imports every resource.

    Args:
        client: A client, for the operations that its plugins brought as well.
    """
    found: dict[str, Operation] = {}
    for module in pkgutil.iter_modules(prefectkit.resources.__path__, "prefectkit.resources."):
        for value in vars(import_module(module.name)).values():
            if isinstance(value, type) and issubclass(value, Resource):
                found |= {operation.name: operation for operation in _declared(cast(type, value))}
    if client is not None:
        for value in vars(client).values():
            if isinstance(value, Resource):
                found |= {operation.name: operation for operation in _declared(type(cast(object, value)))}
    return dict(sorted(found.items()))


def _declared(resource: type) -> list[Operation]:
    members = vars(resource).values()
    return [item.operation for item in members if isinstance(item, Method) and item.operation is not None]

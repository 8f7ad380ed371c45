"""The graph of a flow run: its task runs and subflow runs, and their dependencies."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from msgspec import field

from prefectkit.models.base import Model, Timestamp
from prefectkit.models.states import State, StateType
from prefectkit.models.task_runs import TaskRunResult


class DependencyResult(Model):
    """A task run in the first form of the graph.

    Attributes:
        id: The task run.
        name: The name.
        upstream_dependencies: The task runs whose results it was called with.
        state: The state that it is in.
        expected_start_time: When it was to start.
        start_time: When it started.
        end_time: When it ended.
        total_run_time: How long it has run, over all its attempts.
        estimated_run_time: The same, with the time since it started if it has not ended.
        untrackable_result: Whether dependencies cannot be tracked by its result.
    """

    id: UUID
    name: str
    upstream_dependencies: list[TaskRunResult] = field(default_factory=list[TaskRunResult])
    state: State | None = None
    expected_start_time: Timestamp | None = None
    start_time: Timestamp | None = None
    end_time: Timestamp | None = None
    total_run_time: timedelta | None = None
    estimated_run_time: timedelta | None = None
    untrackable_result: bool = False


class GraphState(Model):
    """A state that the flow run of a graph was in.

    Attributes:
        id: The id of the state.
        timestamp: When the flow run entered it.
        type: What kind of state it is.
        name: The name.
    """

    id: UUID
    timestamp: Timestamp
    type: StateType
    name: str


class GraphArtifact(Model):
    """An artifact that a run of a graph made.

    Attributes:
        id: The id of the artifact.
        created: When it was created.
        key: The key.
        type: Its type, such as `markdown` or `progress`.
        is_latest: Whether it is the latest with its key.
        data: The progress in percent, where its type is `progress`.
    """

    id: UUID
    created: Timestamp | None = None
    key: str | None = None
    type: str | None = None
    is_latest: bool = False
    data: Any = None


class Edge(Model):
    """One end of a connection between two nodes.

    Attributes:
        id: The node at the other end.
    """

    id: UUID


class Node(Model):
    """A run in a graph.

    Attributes:
        kind: `flow-run` or `task-run`.
        id: The run.
        label: The name.
        state_type: The type of the state that it is in.
        start_time: When it started, or was to start.
        end_time: When it ended.
        parents: The runs whose results it was called with.
        children: The runs that were called with its result.
        encapsulating: The runs that it ran within.
        artifacts: The artifacts that it made.
    """

    kind: str
    id: UUID
    label: str
    state_type: StateType
    start_time: Timestamp | None = None
    end_time: Timestamp | None = None
    parents: list[Edge] = field(default_factory=list[Edge])
    children: list[Edge] = field(default_factory=list[Edge])
    encapsulating: list[Edge] = field(default_factory=list[Edge])
    artifacts: list[GraphArtifact] = field(default_factory=list[GraphArtifact])


class Graph(Model):
    """The graph of a flow run.

    Attributes:
        start_time: When the flow run started, or was to start.
        end_time: When it ended.
        root_node_ids: The nodes without parents.
        nodes: Each node with its id, in the order of their start.
        artifacts: The artifacts that the flow run itself made.
        states: The states that the flow run was in.
    """

    start_time: Timestamp | None = None
    end_time: Timestamp | None = None
    root_node_ids: list[UUID] = field(default_factory=list[UUID])
    nodes: list[tuple[UUID, Node]]
    artifacts: list[GraphArtifact] = field(default_factory=list[GraphArtifact])
    states: list[GraphState] = field(default_factory=list[GraphState])

"""Which objects, and in which order: the filters and sorts. A name brings its module when it is first used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prefectkit.core.lazy_exports import lazy_exports

if TYPE_CHECKING:
    from prefectkit.models.filters.artifacts import ArtifactCollectionFilter as ArtifactCollectionFilter
    from prefectkit.models.filters.artifacts import (
        ArtifactCollectionFilterFlowRunId as ArtifactCollectionFilterFlowRunId,
    )
    from prefectkit.models.filters.artifacts import ArtifactCollectionFilterKey as ArtifactCollectionFilterKey
    from prefectkit.models.filters.artifacts import ArtifactCollectionFilterLatestId as ArtifactCollectionFilterLatestId
    from prefectkit.models.filters.artifacts import (
        ArtifactCollectionFilterTaskRunId as ArtifactCollectionFilterTaskRunId,
    )
    from prefectkit.models.filters.artifacts import ArtifactCollectionFilterType as ArtifactCollectionFilterType
    from prefectkit.models.filters.artifacts import ArtifactCollectionSort as ArtifactCollectionSort
    from prefectkit.models.filters.artifacts import ArtifactFilter as ArtifactFilter
    from prefectkit.models.filters.artifacts import ArtifactFilterFlowRunId as ArtifactFilterFlowRunId
    from prefectkit.models.filters.artifacts import ArtifactFilterId as ArtifactFilterId
    from prefectkit.models.filters.artifacts import ArtifactFilterKey as ArtifactFilterKey
    from prefectkit.models.filters.artifacts import ArtifactFilterTaskRunId as ArtifactFilterTaskRunId
    from prefectkit.models.filters.artifacts import ArtifactFilterType as ArtifactFilterType
    from prefectkit.models.filters.artifacts import ArtifactSort as ArtifactSort
    from prefectkit.models.filters.automations import AutomationFilter as AutomationFilter
    from prefectkit.models.filters.automations import AutomationFilterCreated as AutomationFilterCreated
    from prefectkit.models.filters.automations import AutomationFilterId as AutomationFilterId
    from prefectkit.models.filters.automations import AutomationFilterName as AutomationFilterName
    from prefectkit.models.filters.automations import AutomationFilterTags as AutomationFilterTags
    from prefectkit.models.filters.automations import AutomationSort as AutomationSort
    from prefectkit.models.filters.blocks import BlockDocumentFilter as BlockDocumentFilter
    from prefectkit.models.filters.blocks import BlockDocumentFilterBlockTypeId as BlockDocumentFilterBlockTypeId
    from prefectkit.models.filters.blocks import BlockDocumentFilterId as BlockDocumentFilterId
    from prefectkit.models.filters.blocks import BlockDocumentFilterIsAnonymous as BlockDocumentFilterIsAnonymous
    from prefectkit.models.filters.blocks import BlockDocumentFilterName as BlockDocumentFilterName
    from prefectkit.models.filters.blocks import BlockDocumentSort as BlockDocumentSort
    from prefectkit.models.filters.blocks import BlockSchemaFilter as BlockSchemaFilter
    from prefectkit.models.filters.blocks import BlockSchemaFilterBlockTypeId as BlockSchemaFilterBlockTypeId
    from prefectkit.models.filters.blocks import BlockSchemaFilterCapabilities as BlockSchemaFilterCapabilities
    from prefectkit.models.filters.blocks import BlockSchemaFilterId as BlockSchemaFilterId
    from prefectkit.models.filters.blocks import BlockSchemaFilterVersion as BlockSchemaFilterVersion
    from prefectkit.models.filters.blocks import BlockTypeFilter as BlockTypeFilter
    from prefectkit.models.filters.blocks import BlockTypeFilterName as BlockTypeFilterName
    from prefectkit.models.filters.blocks import BlockTypeFilterSlug as BlockTypeFilterSlug
    from prefectkit.models.filters.criteria import Operator as Operator
    from prefectkit.models.filters.deployments import DeploymentFilter as DeploymentFilter
    from prefectkit.models.filters.deployments import (
        DeploymentFilterConcurrencyLimit as DeploymentFilterConcurrencyLimit,
    )
    from prefectkit.models.filters.deployments import DeploymentFilterId as DeploymentFilterId
    from prefectkit.models.filters.deployments import DeploymentFilterName as DeploymentFilterName
    from prefectkit.models.filters.deployments import DeploymentFilterPaused as DeploymentFilterPaused
    from prefectkit.models.filters.deployments import DeploymentFilterTags as DeploymentFilterTags
    from prefectkit.models.filters.deployments import DeploymentFilterWorkQueueName as DeploymentFilterWorkQueueName
    from prefectkit.models.filters.deployments import DeploymentOrFlowNameFilter as DeploymentOrFlowNameFilter
    from prefectkit.models.filters.deployments import DeploymentSort as DeploymentSort
    from prefectkit.models.filters.events import EventAnyResourceFilter as EventAnyResourceFilter
    from prefectkit.models.filters.events import EventFilter as EventFilter
    from prefectkit.models.filters.events import EventIDFilter as EventIDFilter
    from prefectkit.models.filters.events import EventNameFilter as EventNameFilter
    from prefectkit.models.filters.events import EventOccurredFilter as EventOccurredFilter
    from prefectkit.models.filters.events import EventOrder as EventOrder
    from prefectkit.models.filters.events import EventRelatedFilter as EventRelatedFilter
    from prefectkit.models.filters.events import EventResourceFilter as EventResourceFilter
    from prefectkit.models.filters.events import EventTextFilter as EventTextFilter
    from prefectkit.models.filters.events import ResourceSpecification as ResourceSpecification
    from prefectkit.models.filters.flow_runs import FlowRunFilter as FlowRunFilter
    from prefectkit.models.filters.flow_runs import FlowRunFilterCreatedBy as FlowRunFilterCreatedBy
    from prefectkit.models.filters.flow_runs import FlowRunFilterDeploymentId as FlowRunFilterDeploymentId
    from prefectkit.models.filters.flow_runs import FlowRunFilterEndTime as FlowRunFilterEndTime
    from prefectkit.models.filters.flow_runs import FlowRunFilterExpectedStartTime as FlowRunFilterExpectedStartTime
    from prefectkit.models.filters.flow_runs import FlowRunFilterFlowVersion as FlowRunFilterFlowVersion
    from prefectkit.models.filters.flow_runs import FlowRunFilterId as FlowRunFilterId
    from prefectkit.models.filters.flow_runs import FlowRunFilterIdempotencyKey as FlowRunFilterIdempotencyKey
    from prefectkit.models.filters.flow_runs import FlowRunFilterName as FlowRunFilterName
    from prefectkit.models.filters.flow_runs import (
        FlowRunFilterNextScheduledStartTime as FlowRunFilterNextScheduledStartTime,
    )
    from prefectkit.models.filters.flow_runs import FlowRunFilterParentFlowRunId as FlowRunFilterParentFlowRunId
    from prefectkit.models.filters.flow_runs import FlowRunFilterParentTaskRunId as FlowRunFilterParentTaskRunId
    from prefectkit.models.filters.flow_runs import FlowRunFilterStartTime as FlowRunFilterStartTime
    from prefectkit.models.filters.flow_runs import FlowRunFilterState as FlowRunFilterState
    from prefectkit.models.filters.flow_runs import FlowRunFilterStateName as FlowRunFilterStateName
    from prefectkit.models.filters.flow_runs import FlowRunFilterStateType as FlowRunFilterStateType
    from prefectkit.models.filters.flow_runs import FlowRunFilterTags as FlowRunFilterTags
    from prefectkit.models.filters.flow_runs import FlowRunFilterWorkQueueName as FlowRunFilterWorkQueueName
    from prefectkit.models.filters.flow_runs import FlowRunSort as FlowRunSort
    from prefectkit.models.filters.flows import FlowFilter as FlowFilter
    from prefectkit.models.filters.flows import FlowFilterDeployment as FlowFilterDeployment
    from prefectkit.models.filters.flows import FlowFilterId as FlowFilterId
    from prefectkit.models.filters.flows import FlowFilterName as FlowFilterName
    from prefectkit.models.filters.flows import FlowFilterTags as FlowFilterTags
    from prefectkit.models.filters.flows import FlowSort as FlowSort
    from prefectkit.models.filters.logs import LogFilter as LogFilter
    from prefectkit.models.filters.logs import LogFilterFlowRunId as LogFilterFlowRunId
    from prefectkit.models.filters.logs import LogFilterLevel as LogFilterLevel
    from prefectkit.models.filters.logs import LogFilterTaskRunId as LogFilterTaskRunId
    from prefectkit.models.filters.logs import LogFilterTextSearch as LogFilterTextSearch
    from prefectkit.models.filters.logs import LogFilterTimestamp as LogFilterTimestamp
    from prefectkit.models.filters.logs import LogSort as LogSort
    from prefectkit.models.filters.task_runs import TaskRunFilter as TaskRunFilter
    from prefectkit.models.filters.task_runs import TaskRunFilterEndTime as TaskRunFilterEndTime
    from prefectkit.models.filters.task_runs import TaskRunFilterExpectedStartTime as TaskRunFilterExpectedStartTime
    from prefectkit.models.filters.task_runs import TaskRunFilterFlowRunId as TaskRunFilterFlowRunId
    from prefectkit.models.filters.task_runs import TaskRunFilterId as TaskRunFilterId
    from prefectkit.models.filters.task_runs import TaskRunFilterName as TaskRunFilterName
    from prefectkit.models.filters.task_runs import TaskRunFilterStartTime as TaskRunFilterStartTime
    from prefectkit.models.filters.task_runs import TaskRunFilterState as TaskRunFilterState
    from prefectkit.models.filters.task_runs import TaskRunFilterStateName as TaskRunFilterStateName
    from prefectkit.models.filters.task_runs import TaskRunFilterStateType as TaskRunFilterStateType
    from prefectkit.models.filters.task_runs import TaskRunFilterSubFlowRuns as TaskRunFilterSubFlowRuns
    from prefectkit.models.filters.task_runs import TaskRunFilterTags as TaskRunFilterTags
    from prefectkit.models.filters.task_runs import TaskRunSort as TaskRunSort
    from prefectkit.models.filters.variables import VariableFilter as VariableFilter
    from prefectkit.models.filters.variables import VariableFilterId as VariableFilterId
    from prefectkit.models.filters.variables import VariableFilterName as VariableFilterName
    from prefectkit.models.filters.variables import VariableFilterTags as VariableFilterTags
    from prefectkit.models.filters.variables import VariableSort as VariableSort
    from prefectkit.models.filters.work_pools import WorkPoolFilter as WorkPoolFilter
    from prefectkit.models.filters.work_pools import WorkPoolFilterId as WorkPoolFilterId
    from prefectkit.models.filters.work_pools import WorkPoolFilterName as WorkPoolFilterName
    from prefectkit.models.filters.work_pools import WorkPoolFilterType as WorkPoolFilterType
    from prefectkit.models.filters.work_pools import WorkQueueFilter as WorkQueueFilter
    from prefectkit.models.filters.work_pools import WorkQueueFilterId as WorkQueueFilterId
    from prefectkit.models.filters.work_pools import WorkQueueFilterName as WorkQueueFilterName
    from prefectkit.models.filters.workers import TaskWorkerFilter as TaskWorkerFilter
    from prefectkit.models.filters.workers import WorkerFilter as WorkerFilter
    from prefectkit.models.filters.workers import WorkerFilterLastHeartbeatTime as WorkerFilterLastHeartbeatTime
    from prefectkit.models.filters.workers import WorkerFilterStatus as WorkerFilterStatus
    from prefectkit.models.filters.workers import WorkerStatus as WorkerStatus
else:
    __all__, __getattr__, __dir__ = lazy_exports(__name__)

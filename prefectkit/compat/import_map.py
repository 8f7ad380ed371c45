"""The map of imports: where this package has the names that programs import from Prefect. Imports nothing.

The rule: helpers of `prefect.X.Y` are in `prefectkit.compat.X.Y`, schemas in `prefectkit.models`, their filters in
`prefectkit.models.filters`, and what is about clients in `prefectkit.compat`.
"""

from __future__ import annotations

MODULES = {
    "prefect.artifacts": "prefectkit.compat.artifacts",
    "prefect.blocks.core": "prefectkit.compat.blocks.core",
    "prefect.blocks.system": "prefectkit.compat.blocks.system",
    "prefect.client.cloud": "prefectkit.compat",
    "prefect.client.orchestration": "prefectkit.compat",
    "prefect.client.schemas": "prefectkit.models",
    "prefect.client.schemas.actions": "prefectkit.models",
    "prefect.client.schemas.events": "prefectkit.models",
    "prefect.client.schemas.filters": "prefectkit.models.filters",
    "prefect.client.schemas.objects": "prefectkit.models",
    "prefect.client.schemas.responses": "prefectkit.models",
    "prefect.client.schemas.schedules": "prefectkit.models",
    "prefect.client.schemas.sorting": "prefectkit.models.filters",
    "prefect.client.utilities": "prefectkit.compat",
    "prefect.concurrency.asyncio": "prefectkit.compat.concurrency.asyncio",
    "prefect.concurrency.sync": "prefectkit.compat.concurrency.sync",
    "prefect.events.actions": "prefectkit.models",
    "prefect.events.filters": "prefectkit.models.filters",
    "prefect.events.schemas.automations": "prefectkit.models",
    "prefect.events.schemas.events": "prefectkit.models",
    "prefect.exceptions": "prefectkit.compat.errors",
    "prefect.flow_runs": "prefectkit.compat.flow_runs",
    "prefect.server.schemas.actions": "prefectkit.models",
    "prefect.server.schemas.core": "prefectkit.models",
    "prefect.server.schemas.filters": "prefectkit.models.filters",
    "prefect.server.schemas.responses": "prefectkit.models",
    "prefect.server.schemas.schedules": "prefectkit.models",
    "prefect.server.schemas.sorting": "prefectkit.models.filters",
    "prefect.server.schemas.states": "prefectkit.models",
    "prefect.settings": "prefectkit.compat.settings",
    "prefect.states": "prefectkit.models",
    "prefect.variables": "prefectkit.compat.variables",
}
"""The module of this package for each module of Prefect that programs import from."""

NAMES = {
    "prefect.State": "prefectkit.models.State",
    "prefect.apause_flow_run": "prefectkit.compat.flow_runs.apause_flow_run",
    "prefect.aresume_flow_run": "prefectkit.compat.flow_runs.aresume_flow_run",
    "prefect.asuspend_flow_run": "prefectkit.compat.flow_runs.asuspend_flow_run",
    "prefect.client.orchestration": "prefectkit.compat",
    "prefect.client.schemas": "prefectkit.models",
    "prefect.context.AsyncClientContext": "prefectkit.compat.AsyncClientContext",
    "prefect.context.SyncClientContext": "prefectkit.compat.SyncClientContext",
    "prefect.get_client": "prefectkit.compat.get_client",
    "prefect.pause_flow_run": "prefectkit.compat.flow_runs.pause_flow_run",
    "prefect.resume_flow_run": "prefectkit.compat.flow_runs.resume_flow_run",
    "prefect.suspend_flow_run": "prefectkit.compat.flow_runs.suspend_flow_run",
}
"""The module for single names; the other names of their module are only in Prefect."""

RENAMED = {
    "AutomationCore": "AutomationCreate",
    "ConcurrencyLimitV2Create": "GlobalConcurrencyLimitCreate",
    "ConcurrencyLimitV2Update": "GlobalConcurrencyLimitUpdate",
    "DeploymentResponse": "Deployment",
    "FlowRunResponse": "FlowRun",
    "TaskRunResponse": "TaskRun",
    "WorkPoolResponse": "WorkPool",
    "WorkQueueResponse": "WorkQueue",
    "WorkerResponse": "Worker",
}
"""Objects that have another name in this package."""

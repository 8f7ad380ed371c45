"""Responses of the real server: one object of each kind, with all fields, and every way to read it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import uuid4

import msgspec

from prefectkit import Prefect
from prefectkit.errors import AmbiguousOutcomeError
from prefectkit.models import (
    ChangeFlowRunState,
    CompoundTrigger,
    ConcurrencyOptions,
    CronSchedule,
    DeploymentScheduleCreate,
    DoNothing,
    Event,
    EventTrigger,
    FlowRunPolicy,
    IntervalSchedule,
    LogCreate,
    RRuleSchedule,
    RunDeployment,
    Running,
    SavedSearchFilter,
    Scheduled,
    TaskRunResult,
)
from prefectkit.models.filters import EventFilter
from prefectkit.plugins import Call, Response, hookimpl
from tests.resources.stored import stored_events

T = TypeVar("T")

START = datetime(2026, 3, 29, 1, 30, 0, 123456, tzinfo=UTC)
HOUR = timedelta(hours=1)
JSON = {"x": 1, "y": [1.5, None, {"ü": "☃"}], "big": 2**53 + 1, "when": "2024-01-01T00:00:00", "": ""}
TAGS = ["a", "b c", "ünï ☃"]


class Recorder:
    """A plugin that keeps the response to each call, with the name of the operation."""

    def __init__(self) -> None:
        self.responses: list[tuple[str, Any]] = []

    @hookimpl
    def after_call(self, call: Call, response: Response) -> None:
        if response.body:
            self.responses.append((call.operation.name, msgspec.json.decode(response.body)))


def unique() -> str:
    return f"it-{uuid4()}"


def when_free(call: Callable[[], T]) -> T:
    """The call, again where a write of the server's own was in its way and it was undone."""
    for _ in range(20):
        try:
            return call()
        except AmbiguousOutcomeError:
            pass
    raise AssertionError("the server's database is never free")


def read_runs(client: Prefect) -> None:
    flow = client.flows.create(name=unique(), tags=TAGS, labels={"a": 1, "b": True, "c": 1.5, "d": "e"})
    run = client.flow_runs.create(
        flow_id=flow.id,
        name="a run",
        state=Scheduled(scheduled_time=START),
        parameters=JSON,
        context=JSON,
        tags=TAGS,
        labels={"a": 1.5},
        empirical_policy=FlowRunPolicy(retries=3, retry_delay=5),
    )
    client.flow_runs.set_state(run.id, Running())
    client.flow_runs.set_state(run.id, Running())
    before = client.task_runs.create(task_key=unique(), dynamic_key="0", flow_run_id=run.id, state=Running())
    task_run = client.task_runs.create(
        task_key=unique(),
        dynamic_key="0",
        flow_run_id=run.id,
        state=Running(),
        cache_key="k",
        cache_expiration=START,
        tags=TAGS,
        labels={"a": "b"},
        task_inputs={"a": [TaskRunResult(id=before.id)], "b": []},
    )
    client.task_runs.set_state(task_run.id, Running())
    when_free(
        lambda: client.logs.create(
            [LogCreate(name="it", level=20, message='q"\\\n☃', timestamp=START, flow_run_id=run.id)]
        )
    )
    client.flow_runs.inputs.create(run.id, key="a", value="text")
    client.flows.read(flow.id)
    client.flows.read_by_name(flow.name)
    client.flows.list()
    client.flows.paginate()
    client.flow_runs.read(run.id)
    client.flow_runs.list()
    client.flow_runs.paginate()
    client.flow_runs.lateness()
    client.flow_runs.graph(run.id)
    client.flow_runs.graph_v2(run.id)
    client.logs.list(flow_run_id=run.id)
    client.flow_runs.inputs.list(run.id, prefix="")
    times = {"history_start": START - HOUR, "history_end": START + HOUR, "history_interval_seconds": 1800}
    client.flow_runs.history(**times)
    client.task_runs.history(**times)
    for state in client.flow_run_states.list(run.id):
        client.flow_run_states.read(state.id)
    for state in client.task_run_states.list(task_run.id):
        client.task_run_states.read(state.id)
    client.task_runs.read(task_run.id)
    client.task_runs.list()
    client.task_runs.paginate()
    client.ui.read_task_run(task_run.id)
    client.ui.flow_run_history()
    client.ui.count_task_runs_by_state()
    client.ui.count_task_runs_by_flow_run(flow_run_ids=[run.id])
    client.ui.count_deployments_by_flow(flow_ids=[flow.id])
    artifact = when_free(
        lambda: client.artifacts.create(
            key="a-key", type="table", description="d", data=JSON, metadata_={"a": "b"}, flow_run_id=run.id
        )
    )
    client.artifacts.read(artifact.id)
    client.artifacts.read_latest("a-key")
    client.artifacts.list()
    client.artifacts.latest.list()


def read_deployments(client: Prefect) -> None:
    flow = client.flows.create(name=unique())
    pool = client.work_pools.create(name=unique(), type="process", description="d", concurrency_limit=3)
    queue = client.work_pools.queues.create(pool.name, name="a queue", concurrency_limit=2, priority=5)
    client.work_pools.workers.heartbeat(pool.name, name="w", heartbeat_interval_seconds=30)
    schedules = [
        IntervalSchedule(interval=timedelta(seconds=90.5), anchor_date=START, timezone="Europe/Berlin"),
        CronSchedule(cron="0 9 * * 1-5", timezone="UTC"),
        RRuleSchedule(rrule="DTSTART:20240101T000000\nFREQ=WEEKLY;BYDAY=MO"),
    ]
    deployment = client.deployments.create(
        name=unique(),
        flow_id=flow.id,
        schedules=[
            DeploymentScheduleCreate(schedule=each, active=False, parameters=JSON, slug=f"s{at}")
            for at, each in enumerate(schedules)
        ],
        concurrency_limit=2,
        concurrency_options=ConcurrencyOptions(collision_strategy="CANCEL_NEW", grace_period_seconds=90),
        parameter_openapi_schema={"type": "object", "properties": {"x": {"type": "integer"}}},
        parameters=JSON,
        tags=TAGS,
        labels={"a": 1},
        pull_steps=[{"prefect.deployments.steps.git_clone": {"repository": "r"}}],
        work_pool_name=pool.name,
        work_queue_name=queue.name,
        description="d",
        path="p",
        version="v",
        entrypoint="e.py:f",
        job_variables={"env": {"A": "1"}},
        enforce_parameter_schema=False,
    )
    client.deployments.create_flow_run(deployment.id, parameters={"x": 2}, state=Scheduled(scheduled_time=START))
    client.deployments.read(deployment.id)
    client.deployments.read_by_name(flow.name, deployment.name)
    client.deployments.list()
    client.deployments.paginate()
    client.deployments.schedules.list(deployment.id)
    client.deployments.work_queue_check(deployment.id)
    client.deployments.get_scheduled_flow_runs(deployment_ids=[deployment.id])
    client.work_pools.read(pool.name)
    client.work_pools.list()
    client.work_pools.workers.list(pool.name)
    client.work_pools.get_scheduled_flow_runs(pool.name)
    client.work_pools.concurrency_status(pool.name)
    client.work_pools.queues.list(pool.name)
    client.work_pools.queues.read(pool.name, queue.name)
    client.work_queues.read(queue.id)
    client.work_queues.list()
    client.work_queues.status(queue.id)
    client.work_queues.get_runs(queue.id)
    client.work_queues.concurrency_status(queue.id)
    client.ui.next_runs_by_flow(flow_ids=[flow.id])


def read_the_rest(client: Prefect) -> None:
    name = unique()
    kind = client.block_types.create(name=name, slug=name, description="d", logo_url="https://example.test/l.png")
    schema = client.block_schemas.create(
        block_type_id=kind.id, fields={"title": "T", "type": "object", "properties": {}}, capabilities=["a"]
    )
    block = client.block_documents.create(name="b", block_type_id=kind.id, block_schema_id=schema.id, data=JSON)
    client.block_types.read(kind.id)
    client.block_types.read_by_slug(name)
    client.block_types.list()
    client.block_schemas.read(schema.id)
    client.block_schemas.read_by_checksum(schema.checksum)
    client.block_schemas.list()
    client.block_capabilities.list()
    client.block_documents.read(block.id)
    client.block_documents.read_by_name(name, "b")
    client.block_documents.list()
    client.block_documents.list_by_type(name)
    event = EventTrigger(expect={"a", "b.*"}, match={"prefect.resource.id": ["x", "y"]}, threshold=3, within=HOUR)
    trigger = CompoundTrigger(triggers=[event, EventTrigger(posture="Proactive", within=60)], require="any", within=60)
    actions = [DoNothing(), ChangeFlowRunState(state="FAILED", message="m"), RunDeployment(source="inferred")]
    automation = when_free(lambda: client.automations.create(name=name, trigger=trigger, actions=actions, tags=TAGS))
    client.automations.read(automation.id)
    client.automations.list()
    variable = client.variables.create(name=name.replace("-", "_"), value=JSON, tags=TAGS)
    client.variables.read(variable.id)
    client.variables.read_by_name(variable.name)
    client.variables.list()
    limit = client.concurrency_limits.create(tag=name, concurrency_limit=2)
    client.concurrency_limits.increment(names=[name], task_run_id=uuid4())
    client.concurrency_limits.read(limit.id)
    client.concurrency_limits.read_by_tag(name)
    client.concurrency_limits.list()
    client.global_concurrency_limits.create(name=name, limit=3, slot_decay_per_second=0.5)
    when_free(lambda: client.global_concurrency_limits.increment_with_lease(slots=1, names=[name], lease_duration=60))
    client.global_concurrency_limits.read(name)
    client.global_concurrency_limits.list()
    search = client.saved_searches.create(
        name=name, filters=[SavedSearchFilter(object="flow_run", property="p", type="t", operation="o", value=JSON)]
    )
    client.saved_searches.read(search.id)
    client.saved_searches.list()
    client.events.create(
        [Event(event="it", resource={"prefect.resource.id": name}, payload=JSON, occurred=START, follows=uuid4())]
    )
    stored_events(client)
    page = client.events.list(limit=2)
    if page.next_page:
        client.events.read_page(page.next_page.rpartition("page-token=")[2])
    client.events.count_by("event", filter=EventFilter())
    client.collections.read_view("aggregate-worker-metadata")
    client.ui.validate_schema_values(
        schema={"type": "object", "properties": {"a": {"type": "integer"}}}, values={"a": "x"}
    )
    client.admin.read_settings()
    client.admin.read_storage()
    client.ready()
    client.version()
    client.health()

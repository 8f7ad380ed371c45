"""The objects on the server that every run of every script starts with."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from prefectkit import Prefect
from prefectkit.models import (
    Completed,
    Crashed,
    CronSchedule,
    DeploymentScheduleCreate,
    Failed,
    IntervalSchedule,
    Late,
    LogCreate,
    Pending,
    Running,
    Scheduled,
)

HOUR = timedelta(hours=1)
SECRET = {
    "title": "Warehouse",
    "type": "object",
    "properties": {
        "user": {"title": "User", "type": "string"},
        "password": {"title": "Password", "type": "string", "writeOnly": True, "format": "password"},
    },
    "secret_fields": ["password"],
    "block_type_slug": "warehouse",
    "block_schema_references": {},
}


def fill(client: Prefect) -> None:
    """Put everything on an empty server."""
    client.work_pools.create(name="kube", type="kubernetes", concurrency_limit=4)
    client.work_pools.queues.create("kube", name="urgent", priority=1)
    flows = {name: client.flows.create(name=name).id for name in ("extract", "report", "train")}
    cron = DeploymentScheduleCreate(schedule=CronSchedule(cron="0 * * * *", timezone="UTC"), active=True)
    daily = DeploymentScheduleCreate(schedule=IntervalSchedule(interval=timedelta(days=1)), active=False)
    deployments = {
        "extract": client.deployments.create(
            name="hourly",
            flow_id=flows["extract"],
            schedules=[cron],
            parameters={"day": "any"},
            tags=["nightly", "eu"],
            work_pool_name="kube",
            work_queue_name="urgent",
            entrypoint="extract.py:extract",
        ).id,
        "report": client.deployments.create(name="daily", flow_id=flows["report"], schedules=[daily]).id,
        "train": client.deployments.create(name="by-hand", flow_id=flows["train"], paused=True).id,
    }
    for name in flows:
        _runs(client, name, flows[name], deployments[name])
    _tasks(client)
    client.variables.create(name="environment", value="staging", tags=["team"])
    kind = client.block_types.create(name="Warehouse", slug="warehouse")
    schema = client.block_schemas.create(fields=SECRET, block_type_id=kind.id)
    data = {"user": "etl", "password": "0ld"}
    client.block_documents.create(name="main", data=data, block_schema_id=schema.id, block_type_id=kind.id)


def _runs(client: Prefect, flow: str, flow_id: Any, deployment_id: Any) -> None:
    now = datetime.now(UTC)
    states = {
        "completed": [Running(), Completed(message="all rows")],
        "failed": [Running(), Failed(message="no rows")],
        "crashed": [Running(), Crashed(message="no memory")],
        "running": [Pending(), Running()],
        "pending": [Pending()],
        "late": [Late(now - 3 * HOUR)],
        "due": [Scheduled(now - 2 * HOUR)],
        "next": [Scheduled(now + HOUR)],
    }
    for kind, path in states.items():
        for number in range(3 if kind == "completed" else 1):
            first = path[0] if path[0].type.value == "SCHEDULED" else Scheduled(now - (5 - number) * HOUR)
            run = client.deployments.create_flow_run(
                deployment_id, name=f"{flow}-{kind}-{number}", state=first, tags=["nightly"] * (number == 0)
            )
            for state in path:
                if state.type.value != "SCHEDULED":
                    client.flow_runs.set_state(run.id, state, force=True)
            if kind == "failed":
                client.logs.create(
                    [
                        LogCreate(
                            name="prefect.flow_runs",
                            level=level,
                            message=f"{flow} says {level}",
                            timestamp=now + timedelta(seconds=level),
                            flow_run_id=run.id,
                        )
                        for level in (20, 30, 40, 50)
                    ]
                )


def _tasks(client: Prefect) -> None:
    (run,) = client.flow_runs.list(name="extract-running-0")
    for number, states in enumerate(([Running(), Completed()], [Running()], [Running(), Failed()], [Pending()])):
        task = client.task_runs.create(
            flow_run_id=run.id, task_key="step", dynamic_key=str(number), name=f"step-{number}", state=Pending()
        )
        for state in states:
            client.task_runs.set_state(task.id, state, force=True)

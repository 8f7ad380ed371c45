"""What the canned server returns: flow runs as a Prefect server writes them."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

import msgspec

RUN_ID: Final = UUID(int=1 << 64)
DEPLOYMENT_ID: Final = UUID(int=1 << 65)
RECORDED: Final = tuple(UUID(int=RUN_ID.int + number) for number in range(100))
"""Flow runs on a cassette."""

PAGE: Final = 200
"""Rows in a page: the server's default, and its most."""


def flow_run(number: int) -> dict[str, Any]:
    """A finished flow run with the fields that Prefect 3.8.8 responds with."""
    run_id = str(UUID(int=RUN_ID.int + number))
    flow_id = str(UUID(int=1 << 66))
    state_id = str(UUID(int=(1 << 67) + number))
    started, ended = "2026-03-02T13:53:17.159196Z", "2026-03-02T13:53:19.200058Z"
    return {
        "id": run_id,
        "created": "2026-03-02T13:53:17.159553Z",
        "updated": "2026-03-02T13:53:19.210000Z",
        "name": f"likable-fossa-{number}",
        "flow_id": flow_id,
        "state_id": state_id,
        "deployment_id": None,
        "deployment_version": None,
        "work_queue_id": None,
        "work_queue_name": None,
        "flow_version": "8a1f",
        "parameters": {"day": "monday", "limit": 42, "tables": ["orders", "items"]},
        "idempotency_key": f"key-{number}",
        "context": {},
        "empirical_policy": {
            "max_retries": 0,
            "retry_delay_seconds": 0.0,
            "retries": None,
            "retry_delay": None,
            "pause_keys": [],
            "resuming": False,
            "retry_type": None,
        },
        "tags": ["nightly", "etl"],
        "labels": {"prefect.flow.id": flow_id},
        "parent_task_run_id": None,
        "state_type": "COMPLETED",
        "state_name": "Completed",
        "run_count": 1,
        "expected_start_time": started,
        "next_scheduled_start_time": None,
        "start_time": started,
        "end_time": ended,
        "total_run_time": 2.040862,
        "estimated_run_time": 2.040862,
        "estimated_start_time_delta": 0.0,
        "auto_scheduled": False,
        "infrastructure_document_id": None,
        "infrastructure_pid": None,
        "created_by": None,
        "work_pool_id": None,
        "work_pool_name": None,
        "state": {
            "id": state_id,
            "type": "COMPLETED",
            "name": "Completed",
            "timestamp": ended,
            "message": "42 rows",
            "data": None,
            "state_details": {
                "flow_run_id": run_id,
                "task_run_id": None,
                "child_flow_run_id": None,
                "scheduled_time": None,
                "cache_key": None,
                "cache_expiration": None,
                "deferred": False,
                "untrackable_result": False,
                "pause_timeout": None,
                "pause_reschedule": False,
                "pause_key": None,
                "run_input_keyset": None,
                "refresh_cache": None,
                "retriable": None,
                "transition_id": str(UUID(int=(1 << 68) + number)),
                "task_parameters_id": None,
                "traceparent": None,
                "deployment_concurrency_lease_id": None,
            },
        },
        "job_variables": None,
    }


ONE_RUN: Final = msgspec.json.encode(flow_run(0))
A_PAGE: Final = msgspec.json.encode([flow_run(number) for number in range(PAGE)])

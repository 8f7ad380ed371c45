"""How runs are retried."""

from __future__ import annotations

from prefectkit.models.base import Model


class FlowRunPolicy(Model, omit_defaults=True):
    """How a flow run is retried. Fields at their default are not sent.

    Attributes:
        max_retries: Not used: see `retries`.
        retry_delay_seconds: Not used: see `retry_delay`.
        retries: How often the run is retried.
        retry_delay: How long to wait before a retry, in seconds.
        pause_keys: The pauses that the run has met.
        resuming: Whether the run goes on after a pause.
        retry_type: How the run is retried at the moment: `in_process` or `reschedule`.
    """

    max_retries: int = 0
    retry_delay_seconds: float = 0
    retries: int | None = None
    retry_delay: int | None = None
    pause_keys: list[str] | None = None
    resuming: bool | None = False
    retry_type: str | None = None


class TaskRunPolicy(Model, omit_defaults=True):
    """How a task run is retried. Fields at their default are not sent.

    Attributes:
        max_retries: Not used: see `retries`.
        retry_delay_seconds: Not used: see `retry_delay`.
        retries: How often the run is retried.
        retry_delay: How long to wait before a retry, in seconds: for all of them, or for each in turn.
        retry_jitter_factor: How much longer a wait may be, by chance, as a share of it.
    """

    max_retries: int = 0
    retry_delay_seconds: float = 0
    retries: int | None = None
    retry_delay: int | float | list[int | float] | None = None
    retry_jitter_factor: float | None = None

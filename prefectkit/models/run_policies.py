"""The retry policies of flow runs and task runs, which the server and the engine apply."""

from __future__ import annotations

from prefectkit.models.base import Model


class FlowRunPolicy(Model, omit_defaults=True):
    """The retry policy of a flow run. Fields at their default are not sent.

    Attributes:
        max_retries: Not used: see `retries`.
        retry_delay_seconds: Not used: see `retry_delay`.
        retries: The maximum number of retries.
        retry_delay: The delay before a retry, in seconds.
        pause_keys: The keys of the pauses that the run has reached.
        resuming: Whether the run is resuming from a pause.
        retry_type: How the current retry is made: `in_process` or `reschedule`.
    """

    max_retries: int = 0
    retry_delay_seconds: float = 0
    retries: int | None = None
    retry_delay: int | None = None
    pause_keys: list[str] | None = None
    resuming: bool | None = False
    retry_type: str | None = None


class TaskRunPolicy(Model, omit_defaults=True):
    """The retry policy of a task run. Fields at their default are not sent.

    Attributes:
        max_retries: Not used: see `retries`.
        retry_delay_seconds: Not used: see `retry_delay`.
        retries: The maximum number of retries.
        retry_delay: The delay before a retry, in seconds: one for all retries, or one for each.
        retry_jitter_factor: The jitter: the largest random addition to a delay, as a fraction of it.
    """

    max_retries: int = 0
    retry_delay_seconds: float = 0
    retries: int | None = None
    retry_delay: int | float | list[int | float] | None = None
    retry_jitter_factor: float | None = None

"""Concurrency limits of tags: how many task runs with a tag may run at once."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from msgspec import UNSET, UnsetType, field

from prefectkit.models.base import Body, Id, Model, Paged, Stored


class ConcurrencyLimit(Stored):
    """The concurrency limit of a tag.

    Attributes:
        tag: The tag.
        concurrency_limit: How many task runs with this tag may run at once.
        active_slots: The ids of the task runs that run now.
    """

    tag: str
    concurrency_limit: int = 0
    active_slots: list[UUID] = field(default_factory=list[UUID])


class ConcurrencyLimitCreate(Body):
    """The concurrency limit of a tag to create, or to change if the tag has one.

    Attributes:
        tag: The tag.
        concurrency_limit: How many task runs with this tag may run at once.
    """

    tag: str
    concurrency_limit: int


class ConcurrencyLimitQuery(Paged):
    """Which concurrency limits of tags to read.

    Attributes:
        limit: At most this many rows. Default: the server's page size, usually 200, which is also the maximum.
        offset: How many rows to skip. Default: 0.
    """


class ConcurrencyLimitReset(Body):
    """The new holders of the slots of a tag.

    Attributes:
        slot_override: The ids of the task runs that hold a slot from now on. Default: none, so that all slots are free.
    """

    slot_override: Sequence[Id] | UnsetType | None = UNSET


class TaskRunSlots(Body):
    """The slots that a task run acquires or releases: one of each tag.

    Attributes:
        names: The tags of the limits.
        task_run_id: The id of the task run.
    """

    names: Sequence[str]
    task_run_id: Id


class MinimalConcurrencyLimitResponse(Model):
    """A concurrency limit whose slots were acquired or released.

    Attributes:
        id: The id.
        name: The name; for the limit of a tag, the tag.
        limit: How many slots there are.
    """

    id: UUID
    name: str = ""
    limit: int = 0

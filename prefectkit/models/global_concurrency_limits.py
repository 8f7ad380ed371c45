"""Global concurrency limits: named slots that any code acquires and releases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias
from uuid import UUID

from msgspec import UNSET, UnsetType, field

from prefectkit.models.base import Body, Id, Model, Paged, Stored
from prefectkit.models.concurrency_limits import MinimalConcurrencyLimitResponse


class GlobalConcurrencyLimitResponse(Stored):
    """A global concurrency limit.

    Attributes:
        active: Whether the limit is enforced.
        name: The name.
        limit: How many slots there are.
        active_slots: How many of them are in use.
        slot_decay_per_second: For a rate limit: how many slots are released each second. 0: none.
    """

    active: bool = True
    name: str
    limit: int = 0
    active_slots: int = 0
    slot_decay_per_second: float = 0.0


GlobalConcurrencyLimit: TypeAlias = GlobalConcurrencyLimitResponse
"""The name of Prefect's class for a limit outside of a response."""


class ConcurrencyLimitV2(GlobalConcurrencyLimitResponse):
    """A global concurrency limit in the response to its creation.

    Attributes:
        denied_slots: How many slots were requested and denied lately.
        avg_slot_occupancy_seconds: How long a slot is in use on average, in seconds.
    """

    denied_slots: int = 0
    avg_slot_occupancy_seconds: float = 0.0


class GlobalConcurrencyLimitCreate(Body):
    """A global concurrency limit to create.

    Attributes:
        active: Whether the limit is enforced. Default: True.
        name: The name, without `/`, `%`, `&`, `<` and `>`.
        limit: How many slots there are.
        active_slots: How many slots are in use. Default: 0.
        denied_slots: How many slots were requested and denied. Default: 0.
        slot_decay_per_second: For a rate limit: how many slots are released each second. Default: 0.
    """

    active: bool | UnsetType = UNSET
    name: str
    limit: int
    active_slots: int | UnsetType = UNSET
    denied_slots: int | UnsetType = UNSET
    slot_decay_per_second: float | UnsetType = UNSET


class GlobalConcurrencyLimitUpdate(Body):
    """The changes to a global concurrency limit.

    Attributes:
        active: Whether the limit is enforced. Default: unchanged.
        name: The name, without `/`, `%`, `&`, `<` and `>`. Default: unchanged.
        limit: How many slots there are. Default: unchanged.
        active_slots: How many slots are in use. Default: unchanged.
        denied_slots: How many slots were requested and denied. Default: unchanged.
        slot_decay_per_second: For a rate limit: how many slots are released each second. Default: unchanged.
    """

    active: bool | UnsetType | None = UNSET
    name: str | UnsetType | None = UNSET
    limit: int | UnsetType | None = UNSET
    active_slots: int | UnsetType | None = UNSET
    denied_slots: int | UnsetType | None = UNSET
    slot_decay_per_second: float | UnsetType | None = UNSET


class GlobalConcurrencyLimitQuery(Paged):
    """Which global concurrency limits to read.

    Attributes:
        limit: At most this many rows. Default: the server's page size, usually 200, which is also the maximum.
        offset: How many rows to skip. Default: 0.
    """


class SlotsIncrement(Body):
    """Slots to acquire, of several limits at once.

    Attributes:
        slots: How many slots of each limit, at least 1.
        names: The names of the limits, at least one. Names of no limit are ignored.
        mode: `concurrency`: the slots are taken until they are released. `rate_limit`: they are released over time, by
            `slot_decay_per_second`. Default: `concurrency`.
        create_if_missing: Deprecated: the server ignores it.
    """

    slots: int
    names: Sequence[str]
    mode: Literal["concurrency", "rate_limit"] | UnsetType = UNSET
    create_if_missing: bool | UnsetType | None = UNSET


class SlotsDecrement(Body):
    """Slots to release, of several limits at once.

    Attributes:
        slots: How many slots of each limit, at least 1.
        names: The names of the limits, at least one. Names of no limit are ignored.
        occupancy_seconds: How many seconds the slots were in use, more than 0. Default: not counted.
        create_if_missing: Deprecated: the server ignores it.
    """

    slots: int
    names: Sequence[str]
    occupancy_seconds: float | UnsetType | None = UNSET
    create_if_missing: bool | UnsetType = UNSET


class ConcurrencyLeaseHolder(Body):
    """The holder of a lease.

    Attributes:
        type: Its type: `flow_run`, `task_run` or `deployment`.
        id: The id.
    """

    type: Literal["flow_run", "task_run", "deployment"]
    id: Id


class LeaseIncrement(Body):
    """Slots to acquire with a lease: the server releases them if the lease is not renewed in time.

    Attributes:
        slots: How many slots of each limit, at least 1.
        names: The names of the limits, at least one. Names of no limit are ignored.
        mode: `concurrency`: the slots are taken until they are released. `rate_limit`: they are released over time, by
            `slot_decay_per_second`. Default: `concurrency`.
        lease_duration: Seconds until the lease expires unless it is renewed, from 60 to 86400. Default: 300.
        holder: The holder of the lease. Default: none.
    """

    slots: int
    names: Sequence[str]
    mode: Literal["concurrency", "rate_limit"] | UnsetType = UNSET
    lease_duration: float | UnsetType = UNSET
    holder: ConcurrencyLeaseHolder | UnsetType | None = UNSET


class LeaseDecrement(Body):
    """A lease to end. Its slots are released.

    Attributes:
        lease_id: The id of the lease.
    """

    lease_id: Id


class LeaseRenew(Body):
    """A lease to renew.

    Attributes:
        lease_duration: Seconds until the lease expires, from now on, from 60 to 86400. Default: 300.
    """

    lease_duration: float | UnsetType = UNSET


class ConcurrencyLimitWithLeaseResponse(Model):
    """Slots that were acquired with a lease.

    Attributes:
        lease_id: The id of the lease, to renew or end it.
        limits: The limits of the acquired slots.
    """

    lease_id: UUID
    limits: list[MinimalConcurrencyLimitResponse] = field(default_factory=list[MinimalConcurrencyLimitResponse])

"""Which work pools, and which of their queues."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import UNSET, UnsetType

from prefectkit.models.base import Id
from prefectkit.models.filters.criteria import AnyOf, Combined


class WorkPoolFilterId(AnyOf[Id]):
    """By the id of the work pool."""


class WorkPoolFilterName(AnyOf[str]):
    """By the name of the work pool."""


class WorkPoolFilterType(AnyOf[str]):
    """By the type of the work pool, such as `process` or `kubernetes`."""


class WorkPoolFilter(Combined):
    """Which work pools.

    Attributes:
        operator: Whether all criteria must hold (`and_`) or one of them (`or_`). Default: `and_`.
        id: By the id of the work pool.
        name: By the name of the work pool.
        type: By the type of the work pool.
    """

    id: WorkPoolFilterId | UnsetType | None = UNSET
    name: WorkPoolFilterName | UnsetType | None = UNSET
    type: WorkPoolFilterType | UnsetType | None = UNSET


class WorkQueueFilterId(AnyOf[Id]):
    """By the id of the work queue."""


class WorkQueueFilterName(AnyOf[str]):
    """By the name of the work queue.

    Attributes:
        any_: The name is one of these.
        startswith_: The name starts with one of these, in upper or lower case.
    """

    startswith_: Sequence[str] | UnsetType | None = UNSET


class WorkQueueFilter(Combined):
    """Which work queues.

    Attributes:
        operator: Whether all criteria must hold (`and_`) or one of them (`or_`). Default: `and_`.
        id: By the id of the work queue.
        name: By the name of the work queue.
    """

    id: WorkQueueFilterId | UnsetType | None = UNSET
    name: WorkQueueFilterName | UnsetType | None = UNSET

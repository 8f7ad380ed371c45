"""Flows: what runs."""

from __future__ import annotations

from msgspec import UNSET, UnsetType, field

from prefectkit.models.base import JSON, Body, Stored
from prefectkit.models.common import Deleted, Page
from prefectkit.models.filters.flows import FlowFilter, FlowFilterName, FlowFilterTags, FlowSort
from prefectkit.models.selections import PoolSelection
from prefectkit.models.words import OneOrMore, all_of, any_of


class Flow(Stored):
    """A flow that the server knows.

    Attributes:
        name: Its name, of which there is one.
        tags: Its tags.
        labels: Its labels.
    """

    name: str
    tags: list[str] = field(default_factory=list[str])
    labels: JSON | None = None


class FlowCreate(Body):
    """A flow to create, or to find by its name.

    Attributes:
        name: Its name, of which there is one, without `/`, `%`, `&`, `<` and `>`.
        tags: Its tags. Default: none.
        labels: Its labels: texts, numbers and booleans. Default: none.
    """

    name: str
    tags: list[str] | UnsetType = UNSET
    labels: JSON | UnsetType | None = UNSET


class FlowUpdate(Body):
    """What changes in a flow.

    Attributes:
        tags: Its tags. Default: they stay as they are.
    """

    tags: list[str] | UnsetType = UNSET


class FlowSelection(PoolSelection):
    """Which flows.

    Attributes:
        name: With this name, or one of several.
        tags: With all of these tags.
    """

    words = frozenset({"name", "tags"})

    name: OneOrMore | UnsetType = UNSET
    tags: OneOrMore | UnsetType = UNSET

    def __post_init__(self) -> None:
        self.narrow("flows", FlowFilter, name=any_of(FlowFilterName, self.name), tags=all_of(FlowFilterTags, self.tags))


class FlowQuery(FlowSelection):
    """Which flows, and how many of them in which order.

    Attributes:
        sort: The order. Default: by name.
        limit: At most this many flows. Default: the server's page size, usually 200, which is also the most.
        offset: How many flows to pass over first. Default: 0.
    """

    sort: FlowSort | UnsetType = UNSET
    limit: int | UnsetType = UNSET
    offset: int | UnsetType = UNSET


class FlowPageQuery(FlowSelection):
    """Which flows, and which page of them in which order.

    Attributes:
        sort: The order. Default: by name.
        limit: How many flows a page holds. Default: the server's page size, usually 200, which is also the most.
        page: Which page, from 1 on. Default: 1.
    """

    sort: FlowSort | UnsetType = UNSET
    limit: int | UnsetType = UNSET
    page: int | UnsetType = UNSET


class FlowBulkDelete(Body):
    """Which flows to delete.

    Attributes:
        flows: Which flows. Default: all.
        limit: At most this many flows. Default: 50, which is also the most.
    """

    flows: FlowFilter | UnsetType | None = UNSET
    limit: int | UnsetType = UNSET


class FlowPaginationResponse(Page[Flow]):
    """One page of flows."""


class FlowBulkDeleteResponse(Deleted):
    """The flows that a bulk delete has deleted."""

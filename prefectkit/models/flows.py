"""Flows: what runs."""

from __future__ import annotations

from msgspec import UNSET, UnsetType, field

from prefectkit.models.base import JSON, Body, OrText, Query, Stored
from prefectkit.models.common import Deleted, Page
from prefectkit.models.filter_shortcuts import OneOrMore, all_of, any_of
from prefectkit.models.filters.flows import FlowFilter, FlowFilterName, FlowFilterTags, FlowSort
from prefectkit.models.selections import PoolSelection


class Flow(Stored):
    """A flow.

    Attributes:
        name: The name, unique on the server.
        tags: The tags.
        labels: The labels.
    """

    name: str
    tags: list[str] = field(default_factory=list[str])
    labels: JSON | None = None


class FlowCreate(Body):
    """A flow to create, or to find by its name.

    Attributes:
        name: The name, unique on the server, without `/`, `%`, `&`, `<` and `>`.
        tags: The tags. Default: none.
        labels: The labels: strings, numbers and booleans by name. Default: none.
    """

    name: str
    tags: list[str] | UnsetType = UNSET
    labels: JSON | UnsetType | None = UNSET


class FlowUpdate(Body):
    """The changes to a flow.

    Attributes:
        tags: The tags, which replace all others. Default: unchanged.
    """

    tags: list[str] | UnsetType = UNSET


class FlowSelection(PoolSelection):
    """Which flows.

    Attributes:
        name: Only with this name, or with one of these names.
        tags: Only with all of these tags.
    """

    shortcuts = frozenset({"name", "tags"})

    name: OneOrMore | UnsetType | None = UNSET
    tags: OneOrMore | UnsetType | None = UNSET

    def __post_init__(self) -> None:
        super().__post_init__()
        self.add_criteria(
            "flows",
            FlowFilter,
            name=any_of(FlowFilterName, "name", self.name),
            tags=all_of(FlowFilterTags, "tags", self.tags),
        )


class FlowQuery(FlowSelection):
    """Which flows, and how many of them in which order.

    Attributes:
        sort: The order. Default: by name.
        limit: At most this many flows. Default: the server's page size, usually 200, which is also the maximum.
        offset: How many flows to skip. Default: 0.
    """

    sort: OrText[FlowSort] | UnsetType | None = UNSET
    limit: int | UnsetType | None = UNSET
    offset: int | UnsetType | None = UNSET


class FlowPageQuery(FlowSelection):
    """Which flows, and which page of them in which order.

    Attributes:
        sort: The order. Default: by name.
        limit: How many flows a page holds. Default: the server's page size, usually 200, which is also the maximum.
        page: Which page, from 1. Default: 1.
    """

    sort: OrText[FlowSort] | UnsetType | None = UNSET
    limit: int | UnsetType | None = UNSET
    page: int | UnsetType | None = UNSET


class FlowBulkDelete(Query):
    """Which flows to delete.

    Attributes:
        flows: A filter on the flows. Default: all.
        limit: At most this many flows. Default: 50, which is also the maximum.
    """

    flows: FlowFilter | UnsetType | None = UNSET
    limit: int | UnsetType | None = UNSET


class FlowPaginationResponse(Page[Flow]):
    """One page of flows."""


class FlowBulkDeleteResponse(Deleted):
    """The flows that a bulk delete has deleted."""

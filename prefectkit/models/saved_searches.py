"""Saved searches: the filters that people keep in the UI."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, UnsetType, field

from prefectkit.models.base import Body, Model, Paged, Stored


class SavedSearchFilter(Model):
    """One criterion of a saved search.

    Attributes:
        object: What is filtered, such as `flow_run`.
        property: The property that is looked at.
        type: The type of the property.
        operation: How it is compared, such as `equals`.
        value: What it is compared with, as JSON.
    """

    object: str
    property: str
    type: str
    operation: str
    value: Any


class SavedSearch(Stored):
    """A saved search.

    Attributes:
        name: The name, unique on the server.
        filters: Its criteria.
    """

    name: str
    filters: list[SavedSearchFilter] = field(default_factory=list[SavedSearchFilter])


class SavedSearchCreate(Body):
    """A saved search to create, or to replace if there is one of the name.

    Attributes:
        name: The name, unique on the server.
        filters: The filters of the search. Default: none.
    """

    name: str
    filters: list[SavedSearchFilter] | UnsetType = UNSET


class SavedSearchQuery(Paged):
    """Which saved searches to read.

    Attributes:
        limit: At most this many rows. Default: the server's page size, usually 200, which is also the maximum.
        offset: How many rows to skip. Default: 0.
    """

"""Small pieces that several models share."""

from __future__ import annotations

from typing import Generic, TypeVar
from uuid import UUID, uuid4

from msgspec import field

from prefectkit.models.base import Model

T = TypeVar("T")


class CreatedBy(Model):
    """What created an object.

    Attributes:
        id: The id of the creator.
        type: Its type, such as `DEPLOYMENT` or `USER`.
        display_value: What to call it.
    """

    id: UUID | None = None
    type: str | None = None
    display_value: str | None = None


class UpdatedBy(Model):
    """What changed an object last.

    Attributes:
        id: The id of what changed it.
        type: Its type, such as `USER`.
        display_value: What to call it.
    """

    id: UUID | None = None
    type: str | None = None
    display_value: str | None = None


class Page(Model, Generic[T]):
    """One page of objects, with the size of the whole.

    Attributes:
        results: The objects of this page.
        count: How many objects there are on all pages.
        limit: How many objects a page holds.
        pages: How many pages there are.
        page: Which page this is, from 1 on.
    """

    results: list[T] = field(default_factory=list[T])
    count: int = 0
    limit: int = 0
    pages: int = 0
    page: int = 1


class Deleted(Model):
    """What a bulk delete has deleted.

    Attributes:
        deleted: The ids of the objects that are gone.
    """

    deleted: list[UUID] = field(default_factory=list[UUID])


def fresh_key() -> str:
    """A key that no other request has, by which the server knows a request that it has had before."""
    return str(uuid4())

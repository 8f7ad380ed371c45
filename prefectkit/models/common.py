"""Small pieces that several models share."""

from __future__ import annotations

from typing import Generic, TypeVar, cast
from uuid import UUID, uuid4

from msgspec import UNSET, UnsetType, field, structs

from prefectkit.core.errors import InvalidParameterError
from prefectkit.core.representation import shown
from prefectkit.models.base import Body, Model

T = TypeVar("T")
K = TypeVar("K", bound="Keyed")


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


class Keyed(Body):
    """A run to create. The server makes one run of a flow for each key, so a request that comes twice makes one run.

    Attributes:
        idempotency_key: A key of your own. If there is a run with this key already, that run is returned and none is
            created. Default, and for None: a new random key.
    """

    idempotency_key: str | UnsetType | None = UNSET


def with_key(run: K) -> K:
    """The run with a key: once per logical call, however often it is sent.

    Args:
        run: A run to create. It is left as it is; a key that a caller chose is kept.

    Returns:
        What can be sent.

    Raises:
        InvalidParameterError: What is given is no run to create.
    """
    if not isinstance(cast(object, run), Keyed):
        raise InvalidParameterError(f"a run to create is a FlowRunCreate or DeploymentFlowRunCreate, got {shown(run)}")
    return run if run.idempotency_key else structs.replace(run, idempotency_key=str(uuid4()))

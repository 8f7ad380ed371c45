"""Models and fields that several groups of models share."""

from __future__ import annotations

from typing import Any, Generic, TypeVar, overload
from uuid import UUID, uuid4

from msgspec import UNSET, UnsetType, structs

from prefectkit.core.errors import InvalidParameterError
from prefectkit.core.representation import shown
from prefectkit.core.serialization.conversion import is_request, set_fields
from prefectkit.models.base import Body, Model

T = TypeVar("T")
K = TypeVar("K", bound="Keyed")


class CreatedBy(Model):
    """The user, deployment or automation that created an object.

    Attributes:
        id: The id of the creator.
        type: Its type, such as `DEPLOYMENT` or `USER`.
        display_value: Its display name.
    """

    id: UUID | None = None
    type: str | None = None
    display_value: str | None = None


class UpdatedBy(Model):
    """The user or automation that last changed an object.

    Attributes:
        id: The id of the user or automation.
        type: Its type, such as `USER`.
        display_value: Its display name.
    """

    id: UUID | None = None
    type: str | None = None
    display_value: str | None = None


class Page(Model, Generic[T]):
    """One page of objects, with the total count.

    Attributes:
        results: The objects of this page.
        count: The number of objects on all pages.
        limit: The page size.
        pages: The number of pages.
        page: The number of this page, from 1.
    """

    results: list[T]
    count: int = 0
    limit: int = 0
    pages: int = 0
    page: int = 1


class Deleted(Model):
    """The result of a bulk delete.

    Attributes:
        deleted: The ids of the deleted objects.
    """

    deleted: list[UUID]


class Keyed(Body):
    """A run to create, with an idempotency key. The server creates one run of a flow for each key.

    Attributes:
        idempotency_key: A key of your own. If there is a run with this key already, that run is returned and none is
            created. Default, and for None: a new random key.
    """

    idempotency_key: str | UnsetType | None = UNSET


@overload
def with_idempotency_key(run: K) -> K: ...
@overload
def with_idempotency_key(run: object) -> object: ...
def with_idempotency_key(run: Any) -> Any:
    """The run with an idempotency key: the same for all attempts of one call.

    Args:
        run: A run to create, or Prefect's own request object for one. It is not changed. A key that it has is kept.

    Returns:
        A copy with a new random key; the run itself if it has a key.

    Raises:
        InvalidParameterError: It is not a run to create.
    """
    if is_request(run) and hasattr(run, "idempotency_key"):
        fields = set_fields(run)
        return fields if fields.get("idempotency_key") else {**fields, "idempotency_key": str(uuid4())}
    if not isinstance(run, Keyed):
        raise InvalidParameterError(f"a run to create is a FlowRunCreate or DeploymentFlowRunCreate, got {shown(run)}")
    return run if run.idempotency_key else structs.replace(run, idempotency_key=str(uuid4()))

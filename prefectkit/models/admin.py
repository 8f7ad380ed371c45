"""What is asked of the server itself: its result storage, its CSRF tokens."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from prefectkit.models.base import Body, HidesFields, Id, Model, Stored, Timestamp


class ServerDefaultResultStorage(Model):
    """Where results are stored that no one else says a place for.

    Attributes:
        default_result_storage_block_id: The block document that they are stored with. None: there is none.
    """

    default_result_storage_block_id: UUID | None = None


class ServerDefaultResultStorageUpdate(Body):
    """Where results are to be stored that no one else says a place for.

    Attributes:
        default_result_storage_block_id: The id of the block document to store results with.
    """

    default_result_storage_block_id: Id


class CsrfToken(HidesFields, Stored):
    """What proves to the server that a request is not forged.

    Attributes:
        token: The token.
        client: The client it was made for.
        expiration: When it runs out.
    """

    hidden: ClassVar[frozenset[str]] = frozenset({"token"})

    token: str
    client: str = ""
    expiration: Timestamp

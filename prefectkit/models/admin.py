"""Settings of the server: the default result storage, and CSRF tokens."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from prefectkit.models.base import Body, Id, Model, RedactedFields, Stored, Timestamp


class ServerDefaultResultStorage(Model):
    """The default storage of results.

    Attributes:
        default_result_storage_block_id: The block document of the storage. None: no default.
    """

    default_result_storage_block_id: UUID | None


class ServerDefaultResultStorageUpdate(Body):
    """The new default storage of results.

    Attributes:
        default_result_storage_block_id: The id of the block document to store results with.
    """

    default_result_storage_block_id: Id


class CsrfToken(RedactedFields, Stored):
    """A CSRF token.

    Attributes:
        token: The token.
        client: The client that it was issued to.
        expiration: When it expires.
    """

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"token"})

    token: str
    client: str = ""
    expiration: Timestamp

"""`Block`: a block document as data, as `prefect.blocks.core` has it, without the code of block classes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, cast
from uuid import UUID

from prefectkit.compat.async_dispatch import async_class_method, async_dispatch, open_client
from prefectkit.compat.errors import ObjectAlreadyExists, ObjectNotFound
from prefectkit.core.errors import InvalidParameterError

if TYPE_CHECKING:
    from prefectkit.compat.client import PrefectClient, SyncPrefectClient
    from prefectkit.models.block_documents import BlockDocument
    from prefectkit.models.block_schemas import BlockSchema


class Block:
    """A block document of any block type: its fields are attributes.

    `load`, `save` and `delete` block, or return a coroutine where an event loop runs; `aload`, `asave` and `adelete`
    are always awaited. Block classes with code of their own, and those of integrations, need Prefect.

    Args:
        block_type_slug: The slug of the block type, which the server has.
        **data: The fields.
    """

    _classes: ClassVar[dict[str, type[Block]]] = {}
    _slug: ClassVar[str] = ""
    _type: ClassVar[dict[str, Any]] = {}
    _fields: ClassVar[dict[str, Any]] = {}

    def __init__(self, block_type_slug: str = "", **data: Any) -> None:
        slug = block_type_slug or self._slug
        if not slug:
            raise InvalidParameterError("a Block needs the slug of its type: Block(block_type_slug='slack-webhook')")
        self._block_type_slug = slug
        self._block_document_id: UUID | None = None
        self._block_document_name: str | None = None
        self._data = data

    def __init_subclass__(cls, slug: str = "", **kwargs: Any) -> None:
        if not slug:
            raise TypeError(
                f"{cls.__name__}: block classes of your own need Prefect. Block.load('<type>/<name>') reads their "
                "documents as data"
            )
        super().__init_subclass__(**kwargs)
        cls._slug = slug
        cls._classes[slug] = cls

    def __getattr__(self, name: str) -> Any:
        data = vars(self).get("_data", {})
        if name not in data:
            raise AttributeError(f"the block has no field {name!r}", name=name, obj=self)
        return data[name]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}=********' for name in self._data)})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Block):
            return NotImplemented
        return (self._block_type_slug, self._data) == (other._block_type_slug, other._data)

    def model_dump(self, **_: Any) -> dict[str, Any]:
        """The fields, secrets in plain text."""
        return dict(self._data)

    @async_class_method
    async def aload(
        cls, name: str, validate: bool = True, client: PrefectClient | SyncPrefectClient | None = None
    ) -> Any:
        """Read a block document, with its secrets (`GET /block_types/slug/{slug}/block_documents/name/{name}`).

        Args:
            name: Its name; of `Block` itself `<block type slug>/<name>`.
            validate: Of no effect: the fields are what the server stores.
            client: The client to use. Default: that of `get_client`.

        Returns:
            The block: a `Secret`, `JSON` or `String` for one of their types.

        Raises:
            ValueError: There is none, or the name has no slug.
        """
        slug, document_name = cls._split(name)
        async with open_client(client) as opened:
            document = await _read(opened, slug, document_name)
        return cls._from_document(slug, document)

    async def asave(
        self,
        name: str | None = None,
        overwrite: bool = False,
        client: PrefectClient | SyncPrefectClient | None = None,
    ) -> UUID:
        """Store the block as a block document (`POST /block_documents/`, `PATCH /block_documents/{id}`).

        It is of the newest schema of its type. The types of `Secret`, `JSON` and `String` are created if the server
        does not have them.

        Args:
            name: The document's name, of lower-case letters, digits and dashes. Default: the one it was loaded from.
            overwrite: Whether to change a document that exists.
            client: The client to use. Default: that of `get_client`.

        Returns:
            The document's id.

        Raises:
            ValueError: There is no name, or it is taken and `overwrite` is off.
            ObjectNotFound: There is no such block type.
            PrefectHTTPStatusError: The server refuses the name.
        """
        name = name or self._block_document_name
        if name is None:
            raise ValueError("You're attempting to save a block document without a name. Call `save` with a `name`.")
        data = _with_references(self._data)
        async with open_client(client) as opened:
            schema = await self._schema(opened)
            document = {"name": name, "data": data, "block_schema_id": schema.id, "block_type_id": schema.block_type_id}
            try:
                self._block_document_id = (await opened.create_block_document(document)).id
            except ObjectAlreadyExists as error:
                if not overwrite:
                    raise ValueError(
                        "You are attempting to save values with a name that is already in use for this block type. "
                        "If you would like to overwrite the values that are saved, then save with `overwrite=True`."
                    ) from error
                stored = await opened.read_block_document_by_name(name, self._block_type_slug, include_secrets=False)
                await opened.update_block_document(stored.id, {"data": data, "block_schema_id": schema.id})
                self._block_document_id = stored.id
        self._block_document_name = name
        return self._block_document_id

    @async_class_method
    async def adelete(cls, name: str, client: PrefectClient | SyncPrefectClient | None = None) -> None:
        """Delete a block document (`DELETE /block_documents/{id}`).

        Args:
            name: Its name; of `Block` itself `<block type slug>/<name>`.
            client: The client to use. Default: that of `get_client`.

        Raises:
            ValueError: There is none, or the name has no slug.
        """
        slug, document_name = cls._split(name)
        async with open_client(client) as opened:
            document = await _read(opened, slug, document_name, include_secrets=False)
            await opened.delete_block_document(document.id)

    load = async_dispatch(aload)
    save = async_dispatch(asave)
    delete = async_dispatch(adelete)

    @classmethod
    def _split(cls, name: str) -> tuple[str, str]:
        if cls._slug:
            return cls._slug, name
        slug, slash, document_name = name.partition("/")
        if not slash:
            raise ValueError(f"{name!r} must be '<block type slug>/<name>': only Secret and the like know their type")
        return slug, document_name

    @classmethod
    def _from_document(cls, slug: str, document: BlockDocument) -> Block:
        block = object.__new__(cls._classes.get(slug, Block))
        Block.__init__(block, slug, **document.data)
        vars(block).update(_block_document_id=document.id, _block_document_name=document.name)
        return block

    async def _schema(self, client: PrefectClient) -> BlockSchema:
        """The newest schema of the block type. If this class has a schema, a missing type or schema is created."""
        try:
            block_type = await client.read_block_type_by_slug(self._block_type_slug)
        except ObjectNotFound:
            if not self._type:
                raise
            block_type = await client.create_block_type({**self._type, "slug": self._block_type_slug})
        schema = await client.get_most_recent_block_schema_for_block_type(block_type.id)
        if schema is not None:
            return schema
        return await client.create_block_schema({"fields": self._fields, "block_type_id": block_type.id})


async def _read(client: PrefectClient, slug: str, name: str, *, include_secrets: bool = True) -> BlockDocument:
    try:
        return await client.read_block_document_by_name(name, slug, include_secrets=include_secrets)
    except ObjectNotFound as error:
        raise ValueError(f"Unable to find block document named {name} for block type {slug}") from error


def _with_references(value: Any) -> Any:
    """The data with saved blocks in it as references to their documents, and others as their fields."""
    if isinstance(value, Block):
        document_id = vars(value)["_block_document_id"]
        if document_id is not None:
            return {"$ref": {"block_document_id": str(document_id)}}
        return _with_references(value.model_dump())
    if isinstance(value, dict):
        return {key: _with_references(item) for key, item in cast("dict[Any, Any]", value).items()}
    if isinstance(value, (list, tuple)):
        return [_with_references(item) for item in cast("list[Any]", value)]
    return value

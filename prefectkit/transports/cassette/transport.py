"""The sync and the async cassette transport."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable

import anyio.lowlevel

from prefectkit.core.errors import TransportError
from prefectkit.core.http.messages import Request, Response
from prefectkit.core.io import IO, AsyncIO, SyncIO, run
from prefectkit.core.security.secrets import Secret
from prefectkit.core.transport import AsyncTransport, Transport
from prefectkit.transports.cassette.cassette import Cassette, Mode, PendingRecord


class _BaseCassetteTransport:
    """What both have in common."""

    def __init__(self, io: IO | None, cassette: Cassette) -> None:
        self._io = io
        self._cassette = cassette

    @property
    def is_playback(self) -> bool:
        """Whether every response comes from the file and no request is sent, so that a pause has no use."""
        return not self._cassette.can_record

    @property
    def unused(self) -> list[str]:
        """The records that were not replayed so far, as method and path."""
        return self._cassette.unused

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {str(self._cassette.path)!r}>"

    async def _exchange(self, request: Request) -> Response:
        found = self._cassette.find(request)
        if not isinstance(found, PendingRecord):
            return found
        try:
            response = await self._send(request)
        except TransportError as error:
            self._cassette.record(found, error)
            raise
        self._cassette.record(found, response)
        return response

    async def _send(self, request: Request) -> Response:
        """The response of the inner transport. A streamed body is read to its end, since secrets may span chunks."""
        assert self._io is not None, "a cassette that can record has an inner transport"
        response = await self._io.send(request)
        if response.chunks is None:
            return response
        chunks = self._io.chunks(response)
        try:
            body = b"".join([chunk async for chunk in chunks])
        finally:
            await chunks.aclose()
        return Response(response.status, response.headers, body)

    async def _end(self) -> None:
        try:
            if self._io is not None:
                await self._io.close()
        finally:
            self._cassette.close()


class CassetteTransport(_BaseCassetteTransport):
    """Records the requests and responses of another transport, and replays them without it.

    Secrets are redacted before anything is kept. While recording, the caller gets the real response. A replayed
    response has `<secret:1>` in place of a secret, or the secret itself if the request contained it.

    A replayed JSON body has the same values, but not always the same whitespace.

    Requests are matched by method, path below the API's root, query and JSON body. Each record is used once, in order.
    The response to a request with `stream` has its complete body. A client may request a CSRF token more often than
    recorded, or never. If none is recorded, the response says that the server does not require one.

    Args:
        path: The file, JSON Lines.
        inner: The transport to record; required by a mode that records.
        mode: `none` only replays. `once` records if the file does not exist, and replays otherwise. `new_episodes`
            replays recorded requests and records others. `all` sends every request and replaces its records. `rewrite`
            sends every request and replaces the file. If the environment variable CI is set, `once` and `new_episodes`
            only replay. The file is written at `close`, if anything was recorded.
        secrets: Texts of at least four characters that must not get into the file. Secrets in authentication headers
            and under names such as `password` are detected without being listed here.
        allow_repeats: Replay the last record of a request again if the request is made more often than recorded.
        strict_close: Raise at `close` if a record was not replayed; logged as a warning if False.
        ignore: Names of body fields and query parameters that are not compared, such as a time.

    Raises:
        CassetteError: The file is missing, damaged, or being recorded by another writer.
        CassetteVersionError: A later version wrote it.
        ConfigError: The mode is unknown, a secret is too short, or a mode that records has no `inner`.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        inner: Transport | None = None,
        *,
        mode: Mode = "none",
        secrets: Iterable[str | Secret] = (),
        allow_repeats: bool = False,
        strict_close: bool = False,
        ignore: Collection[str] = (),
    ) -> None:
        super().__init__(
            None if inner is None else SyncIO(inner),
            Cassette(path, mode, secrets, allow_repeats, strict_close, ignore, inner is not None),
        )

    def send(self, request: Request) -> Response:
        """Return the recorded response, or send the request and record the response.

        Args:
            request: The request to send.

        Raises:
            TransportError: The recorded failure, or that of the inner transport.
            CassetteMiss: The request is not recorded; the message shows the nearest record.
            ClientClosedError: The transport is closed.
        """
        return run(self._exchange(request))

    def close(self) -> None:
        """Close the inner transport and write what was recorded.

        Raises:
            CassetteLeakError: The file would have contained a secret; nothing was written.
            CassetteError: The file cannot be written, or, with `strict_close`, a record was not replayed.
        """
        run(self._end())


class AsyncCassetteTransport(_BaseCassetteTransport):
    """The cassette transport for an async client: see `CassetteTransport`.

    Args:
        path: The file, JSON Lines.
        inner: The async transport to record; required by a mode that records.
        mode: `none`, `once`, `new_episodes`, `all` or `rewrite`, as for `CassetteTransport`.
        secrets: Texts of at least four characters that must not get into the file.
        allow_repeats: Replay the last record of a request again if the request is made more often than recorded.
        strict_close: Raise at `aclose` if a record was not replayed; logged as a warning if False.
        ignore: Names of body fields and query parameters that are not compared.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        inner: AsyncTransport | None = None,
        *,
        mode: Mode = "none",
        secrets: Iterable[str | Secret] = (),
        allow_repeats: bool = False,
        strict_close: bool = False,
        ignore: Collection[str] = (),
    ) -> None:
        super().__init__(
            None if inner is None else AsyncIO(inner),
            Cassette(path, mode, secrets, allow_repeats, strict_close, ignore, inner is not None),
        )

    async def send(self, request: Request) -> Response:
        """See `CassetteTransport.send`.

        Args:
            request: The request to send.
        """
        # Playback never suspends, so other tasks get their turn here.
        await anyio.lowlevel.checkpoint()
        return await self._exchange(request)

    async def aclose(self) -> None:
        """See `CassetteTransport.close`."""
        await self._end()

"""The two transports. They differ in how they call the one that they wrap."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable

import anyio.lowlevel

from prefectkit.core.errors import TransportError
from prefectkit.core.http.messages import Request, Response
from prefectkit.core.io import IO, AsyncIO, SyncIO, run
from prefectkit.core.security.secrets import Secret
from prefectkit.core.transport import AsyncTransport, Transport
from prefectkit.transports.cassette.cassette import Mode, Take, Tape


class _Cassette:
    """What is the same for both."""

    def __init__(self, io: IO | None, tape: Tape) -> None:
        self._io = io
        self._tape = tape

    @property
    def replays_alone(self) -> bool:
        """True where no request can leave: every response comes from the file, so no pause has a use."""
        return not self._tape.records_too

    @property
    def unused(self) -> list[str]:
        """The records that were not replayed so far, as method and path."""
        return self._tape.unused

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {str(self._tape.path)!r}>"

    async def _exchange(self, request: Request) -> Response:
        answer = self._tape.find(request)
        if not isinstance(answer, Take):
            return answer
        try:
            response = await self._send(request)
        except TransportError as error:
            self._tape.keep(answer, error)
            raise
        self._tape.keep(answer, response)
        return response

    async def _send(self, request: Request) -> Response:
        """The real response, whole: a body in pieces is read first, since only the whole can be scrubbed."""
        assert self._io is not None, "what records has a transport"
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
            self._tape.close()


class CassetteTransport(_Cassette):
    """Records what another transport does, and replays it without that transport.

    Secrets are taken out before anything is kept; the caller gets the real response while recording. A replayed one has
    `<secret:1>` in their place, or the secret itself where a replayed request brought it.

    A replayed JSON body has the same values, and not always the same spacing.

    A request matches by method, path below the API's root, query and JSON body. Each record is used once, in order. The
    response to a request with `stream` has a whole body. A client may ask for a CSRF token more often than recorded, or
    not at all; where none is recorded, the response is that the server wants none.

    Args:
        path: The file, JSON Lines.
        inner: The transport to record; needed by a mode that records.
        mode: `none` only replays. `once` records where there is no file, and replays where there is one.
            `new_episodes` replays what is recorded, and records the rest. `all` replays nothing, and replaces the
            records of what is asked. `rewrite` replays nothing, and replaces the file. Where the environment variable
            CI is set, `once` and `new_episodes` only replay. The file is written at `close`, if anything was recorded.
        secrets: Texts of at least four characters that may not get into the file. Those in the headers of
            authentication and under names such as `password` are found without being named here.
        allow_repeats: RetrySafety the last record for a request again when it is asked more often than recorded.
        strict_close: Raise at `close` where a record was not replayed; otherwise it is logged.
        ignore: Names of body fields and query parameters that do not count for the match, such as a time.

    Raises:
        CassetteError: The file is missing, damaged, or being recorded by another writer.
        CassetteVersionError: A later version wrote it.
        ConfigError: An unknown mode, a secret too short, or no `inner` to record.
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
            Tape(path, mode, secrets, allow_repeats, strict_close, ignore, inner is not None),
        )

    def send(self, request: Request) -> Response:
        """The recorded response, or the real one where it is being recorded.

        Args:
            request: The request to send.

        Raises:
            TransportError: The failure that was recorded, or the real one.
            CassetteMiss: Nothing is recorded for the request; the message shows the nearest record.
            ClientClosedError: The transport was closed.
        """
        return run(self._exchange(request))

    def close(self) -> None:
        """Close the inner transport and write what was recorded.

        Raises:
            CassetteLeakError: The file would have held a secret; nothing was written.
            CassetteError: It could not be written, or with `strict_close` a record was not replayed.
        """
        run(self._end())


class AsyncCassetteTransport(_Cassette):
    """The same for an async client: see `CassetteTransport`.

    Args:
        path: The file, JSON Lines.
        inner: The async transport to record; required by a mode that records.
        mode: `none`, `once`, `new_episodes`, `all` or `rewrite`, as for `CassetteTransport`.
        secrets: Texts of at least four characters that may not get into the file.
        allow_repeats: RetrySafety the last record for a request again when it is asked more often than recorded.
        strict_close: Raise at `aclose` where a record was not replayed; otherwise it is logged.
        ignore: Names of body fields and query parameters that do not count for the match.
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
            Tape(path, mode, secrets, allow_repeats, strict_close, ignore, inner is not None),
        )

    async def send(self, request: Request) -> Response:
        """See `CassetteTransport.send`.

        Args:
            request: The request to send.
        """
        # A replay has nothing to wait for, and others want their turn all the same.
        await anyio.lowlevel.checkpoint()
        return await self._exchange(request)

    async def aclose(self) -> None:
        """See `CassetteTransport.close`."""
        await self._end()

"""The engine: it runs every call of every client.

call -> encode -> before_call -> [ authenticate -> before_send -> transport -> after_response ] for each attempt
     -> retry policy -> status -> error, or decode -> after_call
"""

from __future__ import annotations

import math
import random
from collections.abc import AsyncGenerator, Callable, Mapping
from enum import Enum
from typing import Any, TypeVar
from urllib.parse import urlencode

import msgspec

from prefectkit.core.authentication import run_flow, start_flow
from prefectkit.core.concurrency.adaptive_limiter import shared_limiter
from prefectkit.core.concurrency.wait_limits import as_timeout
from prefectkit.core.errors import (
    AmbiguousOutcomeError,
    CallError,
    InvalidParameterError,
    PluginError,
    RequestError,
    ResponseDecodeError,
    StatusError,
    TransportError,
    TransportTimeout,
)
from prefectkit.core.hooks import Call, Hooks, delay_of, hold_back
from prefectkit.core.http.headers import are_safe, check_headers
from prefectkit.core.http.messages import Request, Response
from prefectkit.core.http.redirects import REDIRECTS, follow_redirects
from prefectkit.core.http.status import (
    depends_on_version,
    phase_of,
    status_error,
    with_server_version,
    with_unknown_version,
)
from prefectkit.core.io import IO
from prefectkit.core.operation import Operation
from prefectkit.core.options import Options
from prefectkit.core.pagination.shifted_pages import ShiftedPages
from prefectkit.core.retries.budget import RetryBudget
from prefectkit.core.retries.earlier_attempt import find_applied
from prefectkit.core.retries.idempotency_keys import warn_of_reuse
from prefectkit.core.retries.policy import Failure, Phase, Retry, RetrySafety
from prefectkit.core.retries.reconciliation import reconcile
from prefectkit.core.security.error_redaction import redact_error, request_id
from prefectkit.core.security.known_secrets import KnownSecrets
from prefectkit.core.security.redactor import Redactor
from prefectkit.core.serialization import codec

T = TypeVar("T")


class Engine:
    """Sends the calls of one client.

    Attributes:
        base_url: The root of the API, without a trailing slash.
        io: The transport, the clock and the locks.
        hooks: The hooks of the plugins.
        known: Secrets that the transport adds to requests; they are redacted in errors.
    """

    __slots__ = ("_random", "base_url", "budget", "hooks", "io", "known", "options", "shifted_pages")

    def __init__(
        self, base_url: str, io: IO, hooks: Hooks, options: Options, known: KnownSecrets | None = None
    ) -> None:
        self.base_url = base_url
        self.io = io
        self.hooks = hooks
        self.options = options
        self.known = known
        self.budget = RetryBudget()
        self.shifted_pages = ShiftedPages()
        self._random: Callable[[float, float], float] = random.uniform

    def with_options(self, options: Options) -> Engine:
        """The same client with other options: transport, plugins and retry budget are shared."""
        other = Engine(self.base_url, self.io, self.hooks, options, self.known)
        other.budget = self.budget
        other.shifted_pages = self.shifted_pages
        return other

    async def call(
        self,
        operation: Operation,
        type_: type[T],
        path: Mapping[str, object],
        query: Mapping[str, Any] | None = None,
        body: object = None,
    ) -> T:
        """Send an operation and decode its response.

        Raises:
            RequestError: It was refused before anything was sent.
            CallError: The transport, the server or the decoder failed.
            PluginError: A plugin raised in a hook that may change the request.
        """
        if body is not None or operation.method == "DELETE":
            self.shifted_pages.check(operation, body)
        return await self._run(
            operation, self._request(operation, path, query, body), lambda response: codec.decode(type_, response)
        )

    async def text(self, operation: Operation, path: Mapping[str, object], body: object = None) -> str:
        """Send an operation whose response is text; raises as `call` does."""
        return await self._run(operation, self._request(operation, path, None, body), codec.text)

    async def raw(
        self,
        operation: Operation,
        path: Mapping[str, object],
        query: Mapping[str, Any] | None,
        body: object,
        *,
        headers: Mapping[str, str] | None,
        check: bool,
    ) -> Response:
        """Send an operation and return the response as it came; with `check` off, whatever its status."""
        request = self._request(operation, path, query, body)
        request.headers.update(check_headers(headers or {}))
        return await self._run(operation, request, lambda response: response, check=check)

    async def stream(
        self, operation: Operation, path: Mapping[str, object], query: Mapping[str, Any] | None = None
    ) -> AsyncGenerator[bytes]:
        """Send an operation and yield its body in chunks. A body that breaks off is not requested again.

        The body may have any length. The timeout of the attempt includes the last chunk.
        """
        request = self._request(operation, path, query, None)
        request.stream = True
        response = await self._run(operation, request, lambda response: response)
        chunks = self.io.chunks(response)
        try:
            if "html" in response.headers.get("content-type", ""):
                if response.chunks is not None:
                    await self._read_refusal(response)
                raise codec.undecodable(response, ValueError("it is a web page"))
            async for chunk in chunks:
                yield chunk
        except (TransportError, ResponseDecodeError) as error:
            error.operation = operation
            redact_error(error, Redactor.of(request))
            raise
        finally:
            await chunks.aclose()

    def _request(
        self, operation: Operation, path: Mapping[str, object], query: Mapping[str, Any] | None, body: object
    ) -> Request:
        target = operation.path.render(path)
        if query:
            target += _query(query)
        headers = {"accept": "application/json", **self.options.headers}
        data = b""
        if body is not None:
            data = codec.encode(body, strict=self.options.strict_types)
            headers["content-type"] = "application/json"
        return Request(
            operation.method,
            self.base_url,
            target,
            headers=headers,
            body=data,
            operation=operation,
            path_params=path,
            known=self.known,
        )

    async def _run(
        self, operation: Operation, request: Request, read: Callable[[Response], T], *, check: bool = True
    ) -> T:
        if limiter := shared_limiter.get():
            await limiter.acquire(self.io, math.inf)
        call = Call(operation, request, self.io.monotonic)
        try:
            for before in self.hooks.before_call:
                before(call)
            response, result = await self._attempts(call, read, check)
        except BaseException as error:
            # Also when the call is cancelled.
            for failed in self.hooks.call_failed:
                failed(call, error)
            raise
        for after in self.hooks.after_call:
            after(call, response)
        return result

    async def _attempts(self, call: Call, read: Callable[[Response], T], check: bool) -> tuple[Response, T]:
        policy = self.options.policy
        base_headers = dict(call.request.headers)
        maybe_applied = False
        credit = 1
        while True:
            call.attempt += 1
            request = call.request
            if call.attempt > 1:
                request.headers = dict(base_headers)
            response: Response | None = None
            try:
                if self.hooks.throttle and (delay := delay_of(call, self.hooks.throttle)):
                    await hold_back(delay, self._remaining(call), self.io.sleep)
                if maybe_applied and (lookup := call.operation.lookup) is not None:
                    response = await find_applied(call, lookup, lambda request: self._send(call, request))
                if response is None:
                    response = await self._send(call, request)
                if check and not response.is_success:
                    response = await self._reconcile(call, request, response, maybe_applied)
                result = read(response)
                if call.operation.retry_safety is RetrySafety.KEYED:
                    warn_of_reuse(call, response)
            except CallError as error:
                if error.redactor is None:
                    redact_error(error, Redactor.of(request))
                error.request_id = request_id(error, request, response)
                phase = phase_of(error, policy.extra_statuses)
                maybe_applied = maybe_applied or phase is Phase.AMBIGUOUS
                if limiter := shared_limiter.get():
                    limiter.on_error(error, self.io.monotonic())
                retry = self._decide(call, error, phase, maybe_applied)
                if retry is None:
                    # Raised here, where nothing else refers to the error: its traceback keeps the connection alive.
                    raise
                credit = retry.cost
                for decided in self.hooks.retry_decided:
                    decided(call, error, retry.delay)
                await self.io.sleep(retry.delay)
                if limiter and not await limiter.acquire(self.io, self._remaining(call)):
                    error.exhausted = "deadline"
                    raise
                continue
            self.budget.add(credit)
            return response, result

    def _decide(self, call: Call, error: CallError, phase: Phase | None, maybe_applied: bool) -> Retry | None:
        """The decision to retry; None if the error is to be raised."""
        policy = self.options.policy
        retry_safety = call.operation.retry_safety
        if retry_safety is RetrySafety.CONFLICT and call.operation.read_back is None:
            retry_safety = RetrySafety.NEVER
        error.operation = call.operation
        error.attempts = call.attempt
        error.maybe_applied = maybe_applied and retry_safety is not RetrySafety.READ
        if phase is None:
            return None
        failure = Failure(phase, error.retryable, isinstance(error, TransportTimeout), error.retry_after)
        decision = policy.decide(
            retry_safety,
            failure,
            attempt=call.attempt,
            remaining=self._remaining(call),
            budget=self.budget,
            now=self.io.monotonic(),
            uniform=self._random,
        )
        if isinstance(decision, Retry):
            return decision
        if decision.reason == "retry_safety":
            raise self._ambiguous(call, error) from error
        if decision.reason != "final":
            error.exhausted = decision.reason
        return None

    def _remaining(self, call: Call) -> float:
        return self.options.policy.deadline - (self.io.monotonic() - call.started)

    def _ambiguous(self, call: Call, error: CallError) -> AmbiguousOutcomeError:
        ambiguous = AmbiguousOutcomeError(
            "the server may have carried this out, and a second copy could do it twice: read it back. "
            f"The cause: {error.args[0]}"
        )
        ambiguous.operation = call.operation
        ambiguous.attempts = call.attempt
        ambiguous.request_id = error.request_id
        return ambiguous

    async def _send(self, call: Call, request: Request) -> Response:
        started = start_flow(request, self.hooks.authenticate)
        if started is None:
            response = await self._send_once(call, request)
        else:
            response = await run_flow(
                started,
                request,
                lambda flow: self.io.lock(flow, self._remaining(call)),
                lambda request: self._send_once(call, request),
            )
        if self.options.redirects and response.status in REDIRECTS:
            return await follow_redirects(
                request, response, self.options.redirects, lambda request: self._send_once(call, request)
            )
        return response

    async def _send_once(self, call: Call, request: Request) -> Response:
        """Send one request: that of the call, or one of a plugin."""
        hooks = self.hooks
        remaining = self._remaining(call)
        if remaining <= 0:
            # The requests of plugins took all of the time.
            raise TransportTimeout(f"the call's {self.options.policy.deadline:g} s are up", phase=Phase.NOTHING_SENT)
        timeout = min(self.options.timeout, remaining)
        request.timeout = as_timeout(timeout)
        to_api = request.base_url == self.base_url
        if to_api:
            for before in hooks.before_send:
                before(call, request)
        if (to_api or request is call.request) and not self._is_own(request):
            raise PluginError(f"a plugin turned {call.operation.name} to another server than {self.base_url}")
        if not are_safe(request.headers):
            check_headers(request.headers)
        try:
            response = await self.io.send(request)
            if response.chunks is not None and not response.is_success:
                await self._read_refusal(response)
        except TransportError as error:
            redact_error(error, Redactor.of(request))
            for failed in hooks.send_failed:
                failed(call, request, error)
            raise
        for after in hooks.after_response:
            after(call, request, response)
        return response

    async def _reconcile(self, call: Call, request: Request, response: Response, maybe_applied: bool) -> Response:
        """The response that replaces a refusal caused by an earlier attempt; otherwise the refusal is raised."""
        error = await self._refusal(call, request, response)
        if maybe_applied:
            reconciled = await reconcile(call, error, lambda request: self._send(call, request))
            if reconciled is not None:
                return reconciled
        raise error

    async def _refusal(self, call: Call, request: Request, response: Response) -> StatusError:
        error = status_error(request, response)
        if not self.options.asks_version or not depends_on_version(error):
            return error
        version = await self._server_version(call)
        return with_server_version(error, version) if version else with_unknown_version(error, self.base_url)

    async def _server_version(self, call: Call) -> str | None:
        """The version that the server reports; None if it reports none."""
        try:
            response = await self._send(call, call.request.sibling("GET", "/admin/version"))
            return codec.decode(str, response) if response.is_success else None
        except (CallError, RequestError, PluginError):
            return None

    def _is_own(self, request: Request) -> bool:
        return request.base_url == self.base_url and request.target.startswith("/")

    async def _read_refusal(self, response: Response) -> None:
        """Read the streamed body of a refusal, so that plugins and errors can quote it."""
        chunks = self.io.chunks(response)
        try:
            async for chunk in chunks:
                response.body += chunk
                if len(response.body) > codec.EXCERPT * 50:
                    break
        finally:
            await chunks.aclose()
        response.chunks = None


def _query(query: Mapping[str, Any]) -> str:
    pairs: list[tuple[str, str]] = []
    for name, value in query.items():
        values: list[Any] = list(value) if isinstance(value, (list, tuple, set, frozenset)) else [value]  # pyright: ignore[reportUnknownArgumentType] -- Any in, Any out
        for item in values:
            if item is None or item is msgspec.UNSET:
                continue
            item = item.value if isinstance(item, Enum) else item
            text = item if isinstance(item, str) else codec.encode(item).decode().strip('"')
            pairs.append((name, text))
    try:
        return "?" + urlencode(pairs) if pairs else ""
    except UnicodeEncodeError:
        raise InvalidParameterError(f"the query {list(query)} has a lone surrogate and is not text") from None

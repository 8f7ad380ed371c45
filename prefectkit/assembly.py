"""From settings and arguments to the parts of a client: which server, which transport, which built-in plugins."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any, NamedTuple, Protocol, TypeAlias, TypeVar, cast

import msgspec

from prefectkit.core.engine import Options
from prefectkit.core.errors import ConfigError
from prefectkit.core.retry import RetryPolicy
from prefectkit.core.secrets import Secret
from prefectkit.core.settings import Settings
from prefectkit.core.urls import origin, parse_api_url
from prefectkit.plugins.builtin.auth import Auth
from prefectkit.plugins.builtin.csrf import CSRF
from prefectkit.plugins.builtin.headers import Headers

T = TypeVar("T")
Message: TypeAlias = MutableMapping[str, Any]


class ASGIApp(Protocol):
    """An ASGI 3 application."""

    def __call__(
        self,
        scope: Message,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
        /,
    ) -> Awaitable[None]: ...


Api: TypeAlias = str | ASGIApp
Wrapper: TypeAlias = Callable[[T], T]
"""A function from the transport that a client would use to the one that it shall use."""

IN_PROCESS = "http://ephemeral-prefect/api"
"""The root of an API in this process: a name that no resolver knows."""


class Server(NamedTuple):
    """Who is talked to.

    Attributes:
        url: The API's root.
        app: The app in this process, `EMBEDDED`, or None for HTTP.
        is_cloud: Prefect Cloud.
    """

    url: str
    app: Any = None
    is_cloud: bool = False


EMBEDDED = object()


def choose_server(api: Api | None, settings: Settings, *, has_transport: bool) -> Server:
    """The server that the arguments and settings name.

    Raises:
        ConfigError: None is named and the embedded one is off, or what is named is no URL and no app.
    """
    if api is None:
        api = settings.api_url
        if not api:
            return _unnamed(settings, has_transport)
        try:
            return _at(api, settings)
        except ConfigError as error:
            places = f"the environment, a settings file or profile {settings.profile!r}"
            raise ConfigError(f"{error}. It is PREFECT_API_URL, from {places}") from None
    if not isinstance(api, str):
        if not callable(api):
            raise ConfigError(f"api must be a URL or an ASGI app, got {type(api).__name__}")
        return Server(IN_PROCESS, app=api)
    return _at(api, settings)


def _at(api: str, settings: Settings) -> Server:
    url = parse_api_url(api)
    cloud = origin(settings.cloud_api_url.rstrip("/"))
    return Server(url, is_cloud=origin(url) == cloud)


def _unnamed(settings: Settings, has_transport: bool) -> Server:
    if has_transport:
        return Server(IN_PROCESS)
    if settings.api_url == "":
        raise ConfigError(
            "PREFECT_API_URL is set and empty: give it the API's URL, such as http://127.0.0.1:4200/api, or unset it"
        )
    if settings.server_ephemeral_enabled is False:
        raise ConfigError(
            "no API URL is configured, and PREFECT_SERVER_EPHEMERAL_ENABLED is false: pass api='http://host:4200/api' "
            "or set PREFECT_API_URL, or allow the embedded server"
        )
    return Server(IN_PROCESS, app=EMBEDDED)


def choose_transport(
    sync: bool, server: Server, settings: Settings, given: Any, httpx_settings: Mapping[str, Any] | None
) -> Any:
    """The transport that was given, or the one that serves the server, or what a given function makes of that one."""
    if is_transport(given):
        _check_kind(sync, given)
        if httpx_settings:
            raise ConfigError(f"httpx_settings {sorted(httpx_settings)} have no effect on a transport that is given")
        return given
    if given is not None and not callable(given):
        raise ConfigError(f"transport must have a method send, or be a function of a transport, got {given!r}")
    transport = _default_transport(sync, server, settings, httpx_settings)
    if given is None:
        return transport
    wrapped = given(transport)
    _check_kind(sync, wrapped)
    return wrapped


def is_transport(given: object) -> bool:
    """Whether it is a transport, and not a function or class that makes one."""
    return hasattr(given, "send") and not isinstance(given, type)


def _check_kind(sync: bool, transport: Any) -> None:
    close = "close" if sync else "aclose"
    if not hasattr(transport, "send") or not hasattr(transport, close):
        client = "Prefect" if sync else "AsyncPrefect"
        kind = type(transport).__name__
        other = "" if not hasattr(transport, "aclose" if sync else "close") else f": it is for {'Async' * sync}Prefect"
        raise ConfigError(f"{client} needs a transport with send and {close}, and {kind} has not both{other}")


def _default_transport(sync: bool, server: Server, settings: Settings, httpx_settings: Mapping[str, Any] | None) -> Any:
    # Each is imported where it is used: a client in this process needs no HTTP library.
    if server.app is not None:
        if httpx_settings:
            raise ConfigError(f"httpx_settings {sorted(httpx_settings)} have no effect on an API in this process")
        if server.app is EMBEDDED:
            from prefectkit.transports.embedded import embedded_transport

            return embedded_transport(sync=sync, startup_timeout=settings.server_ephemeral_startup_timeout_seconds)
        from prefectkit.transports.asgi import ASGITransport, AsyncASGITransport

        return ASGITransport(server.app) if sync else AsyncASGITransport(server.app)
    from prefectkit.transports.http import AsyncHTTPTransport, HTTPSettings, HTTPTransport

    kind = HTTPTransport if sync else AsyncHTTPTransport
    return kind(
        base_url=server.url,
        httpx_settings=httpx_settings,
        settings=HTTPSettings.of(settings, is_cloud=server.is_cloud),
    )


def built_in_plugins(
    settings: Settings, server: Server, *, api_key: str | None, auth_string: str | None
) -> list[tuple[str, object]]:
    """The plugins that every client has, by name, in call order: the first one is outermost."""
    key = settings.api_key if api_key is None else Secret(api_key)
    string = settings.api_auth_string if auth_string is None else Secret(auth_string)
    if api_key is not None and auth_string is None:
        # What is passed wins over what is configured.
        string = None
    plugins: list[tuple[str, object]] = []
    if settings.client_csrf_support_enabled and not server.is_cloud:
        plugins.append(("csrf", CSRF()))
    if key or string:
        plugins.append(("auth", Auth(key, string)))
    plugins.append(("headers", Headers(settings.client_custom_headers)))
    return plugins


def options_of(settings: Settings) -> Options:
    """The options that the settings ask for."""
    policy = RetryPolicy(extra_statuses=settings.client_retry_extra_codes)
    if settings.client_max_retries is not None:
        policy = msgspec.structs.replace(policy, max_attempts=settings.client_max_retries + 1)
    return changed(Options(policy=policy), timeout=settings.api_request_timeout, deadline=None, max_attempts=None)


def timeout_of(httpx_settings: Mapping[str, Any] | None) -> float | None:
    """The seconds that `httpx_settings` gives to reading an answer, infinite for None; None where it says nothing."""
    if not httpx_settings or "timeout" not in httpx_settings:
        return None
    match httpx_settings["timeout"]:
        case None:
            return math.inf
        case (_, read, *_):
            return math.inf if read is None else read
        case int() | float() as seconds:
            return seconds
        case timeout:
            read = getattr(timeout, "read", None)
            return math.inf if read is None else read


def changed(
    options: Options,
    *,
    timeout: float | None,
    deadline: float | None,
    max_attempts: int | None,
    prefetch: bool | None = None,
) -> Options:
    """The options with what is given put in.

    Raises:
        ConfigError: A time that is not above zero, fewer than one attempt, or a `prefetch` that is not True or False.
    """
    changes: dict[str, Any] = {}
    policy: dict[str, Any] = {}
    if timeout is not None:
        changes["timeout"] = _seconds("timeout", timeout)
        if changes["timeout"] != math.inf:
            # A call has at least the time that one attempt may take.
            policy["deadline"] = max(options.policy.deadline, changes["timeout"])
    if deadline is not None:
        policy["deadline"] = _seconds("deadline", deadline)
    if max_attempts is not None:
        if not isinstance(cast(object, max_attempts), int) or max_attempts < 1:
            raise ConfigError(f"max_attempts must be a whole number, at least 1, got {max_attempts!r}")
        policy["max_attempts"] = max_attempts
    if prefetch is not None:
        if not isinstance(cast(object, prefetch), bool):
            raise ConfigError(f"prefetch must be True or False, got {prefetch!r}: one page is fetched ahead, no more")
        changes["prefetch"] = prefetch
    if policy:
        changes["policy"] = msgspec.structs.replace(options.policy, **policy)
    return msgspec.structs.replace(options, **changes)


def _seconds(name: str, value: float) -> float:
    if not isinstance(cast(object, value), (int, float)) or not value > 0:
        raise ConfigError(f"{name} must be a number of seconds above 0, got {value!r}")
    return float(value)

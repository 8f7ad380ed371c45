"""Builds the parts of a client from settings and arguments: the server, the transport, the built-in plugins."""

from __future__ import annotations

import math
import os
import sys
from base64 import b64encode
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol, TypeAlias, TypeVar, cast

import msgspec

from prefectkit.core.errors import ConfigError
from prefectkit.core.http.redirects import MOST_REDIRECTS
from prefectkit.core.http.urls import HTTP, parse_api_url
from prefectkit.core.options import Options
from prefectkit.core.retries.policy import RetryPolicy
from prefectkit.core.security.known_secrets import KnownSecrets
from prefectkit.core.security.redactor import add_headers
from prefectkit.core.security.secrets import Secret
from prefectkit.core.settings import Settings
from prefectkit.core.settings.misspelt import misspelt_api_url
from prefectkit.core.transport import Target, TransportFactory
from prefectkit.transports.registry import BUILT_IN

if TYPE_CHECKING:
    from prefectkit.plugins.manager import Plugins

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
    """The server of a client.

    Attributes:
        url: The API's root.
        app: The app in this process, `EMBEDDED`, or None for HTTP.
        is_cloud: Prefect Cloud.
    """

    url: str
    app: Any = None
    is_cloud: bool = False


EMBEDDED = object()

BUILT_IN_PLUGINS: Final = ("csrf", "auth", "headers", "attribution", "request_ids", "telemetry", "logging", "flat")
"""The names of the SDK's own plugins, which no other may have."""


def choose_server(
    api: Api | None,
    settings: Settings,
    *,
    has_transport: bool,
    embedded: bool = False,
    schemes: frozenset[str] = HTTP,
) -> Server:
    """The server that the arguments and settings name; with `embedded`, that one, whatever the settings say.

    Raises:
        ConfigError: None is named and the embedded one is off, or what is named is no URL and no app.
    """
    if embedded:
        if api is not None:
            raise ConfigError("the embedded server is in this process and has no URL: leave api out")
        return Server(IN_PROCESS, app=EMBEDDED)
    if api is None:
        api = settings.api_url
        if not api:
            return _unnamed(settings, has_transport)
        try:
            return _at(api, settings, schemes)
        except ConfigError as error:
            places = f"the environment, a settings file or profile {settings.profile!r}"
            raise ConfigError(f"{error}. It is PREFECT_API_URL, from {places}") from None
    if not isinstance(api, str):
        if not callable(api):
            raise ConfigError(f"api must be a URL or an ASGI app, got {type(api).__name__}")
        return Server(IN_PROCESS, app=api)
    return _at(api, settings, schemes)


def _at(api: str, settings: Settings, schemes: frozenset[str]) -> Server:
    url = parse_api_url(api, schemes=schemes)
    cloud = settings.cloud_api_url.rstrip("/")
    return Server(url, is_cloud=f"{url}/".startswith(f"{cloud}/"))


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
            f"or set PREFECT_API_URL, or allow the embedded server{misspelt_api_url(os.environ)}"
        )
    return Server(IN_PROCESS, app=EMBEDDED)


def choose_transport(
    sync: bool,
    server: Server,
    settings: Settings,
    requested: Any,
    httpx_settings: Mapping[str, Any] | None,
    known: Mapping[str, TransportFactory] = BUILT_IN,
) -> Any:
    """The transport that is requested, or the default transport of the server, wrapped if a function is requested.

    Raises:
        ConfigError: No transport has the name, or it does not go with the server or the client.
    """
    if is_transport(requested):
        _check_kind(sync, requested)
        if httpx_settings:
            raise ConfigError(f"httpx_settings {sorted(httpx_settings)} have no effect on a transport that is given")
        return requested
    if requested is not None and not isinstance(requested, str) and not callable(requested):
        raise ConfigError(
            f"transport must be a name, have a method send, or be a function of a transport, got {requested!r}"
        )
    names = sorted(name for name in known if not name.endswith("://"))
    if isinstance(requested, str) and requested not in names:
        raise ConfigError(f"no transport is called {requested!r}: there are {', '.join(map(repr, names))}")
    name = requested if isinstance(requested, str) else _serving(server)
    if server.app is EMBEDDED and name != "embedded":
        raise ConfigError(
            f"no API URL is configured, for transport {name!r} to reach: pass api=..., or set PREFECT_API_URL"
        )
    app = None if server.app is EMBEDDED else server.app
    transport = known[name](Target(sync, server.url, settings, app, server.is_cloud, httpx_settings))
    if callable(requested):
        transport = requested(transport)
    _check_kind(sync, transport)
    return transport


def _serving(server: Server) -> str:
    """The name of the transport that serves a server by default."""
    if server.app is not None:
        return "embedded" if server.app is EMBEDDED else "asgi"
    return server.url[: server.url.index("://") + 3]


def is_transport(value: object) -> bool:
    """Whether the value is a transport, and not a function or class that makes one."""
    return hasattr(value, "send") and not isinstance(value, type)


def _check_kind(sync: bool, transport: Any) -> None:
    close = "close" if sync else "aclose"
    if not hasattr(transport, "send") or not hasattr(transport, close):
        client = "Prefect" if sync else "AsyncPrefect"
        kind = type(transport).__name__
        other = "" if not hasattr(transport, "aclose" if sync else "close") else f": it is for {'Async' * sync}Prefect"
        raise ConfigError(f"{client} needs a transport with send and {close}, and {kind} has not both{other}")


def load_plugins(own: Iterable[object], secrets: Iterable[str], is_taken: Callable[[str], bool]) -> Plugins:
    """The plugins of a client but for the built-in ones: those that are installed, then the client's own.

    Args:
        own: Objects, modules, or names of installed ones.
        secrets: Names of those that may see secrets.
        is_taken: Whether a client has an attribute of this name.

    Raises:
        PluginError: One of the client's own is refused.
    """
    # pluggy is imported with the first client, and not with its class.
    from prefectkit.plugins.manager import Plugins

    plugins = Plugins(secrets=secrets, reserved=BUILT_IN_PLUGINS, transports=BUILT_IN, is_taken=is_taken)
    plugins.add_installed()
    plugins.add_own(own)
    return plugins


def built_in_plugins(
    settings: Settings, server: Server, *, api_key: str | None, auth_string: str | None
) -> list[tuple[str, object]]:
    """The built-in plugins of a client, by name, in call order: the first one is outermost.

    Raises:
        ConfigError: A key that is no text, or an auth string without a colon.
    """
    # pluggy is imported with the first client, and not with its class.
    from prefectkit.plugins.builtin import call_log, telemetry
    from prefectkit.plugins.builtin.attribution import Attribution
    from prefectkit.plugins.builtin.auth import Auth
    from prefectkit.plugins.builtin.csrf import CSRF
    from prefectkit.plugins.builtin.headers import Headers
    from prefectkit.plugins.builtin.request_ids import RequestIds

    key = settings.api_key if api_key is None else _secret("api_key", api_key)
    string = settings.api_auth_string if auth_string is None else _secret("auth_string", auth_string)
    if api_key is not None and auth_string is None:
        # What is passed wins over what is configured.
        string = None
    plugins: list[tuple[str, object]] = []
    if settings.client_csrf_support_enabled and not server.is_cloud:
        plugins.append(("csrf", CSRF()))
    if key or string:
        plugins.append(("auth", Auth(key, string)))
    plugins.append(("headers", Headers(settings.client_custom_headers)))
    if Attribution.has_use():
        plugins.append(("attribution", Attribution()))
    plugins.append(("request_ids", RequestIds()))
    if telemetry.is_loaded():
        plugins.append(("telemetry", telemetry.Telemetry()))
    if call_log.is_wanted():
        plugins.append(("logging", call_log.CallLog()))
    return plugins


def _secret(name: str, value: object) -> Secret:
    if not isinstance(value, str):
        raise ConfigError(f"{name} must be text, got {type(value).__name__}")
    return Secret(str.__str__(value))


def options_of(settings: Settings) -> Options:
    """The options according to the settings."""
    policy = RetryPolicy(extra_statuses=settings.client_retry_extra_codes)
    if settings.client_max_retries is not None:
        policy = msgspec.structs.replace(policy, max_attempts=settings.client_max_retries + 1)
    return changed(Options(policy=policy), timeout=settings.api_request_timeout, deadline=None, max_attempts=None)


def timeout_of(httpx_settings: Mapping[str, Any] | None) -> float | None:
    """The read timeout of `httpx_settings` in seconds, infinite for None; None if there is no timeout in it."""
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


def known_secrets(httpx_settings: Mapping[str, Any] | None) -> KnownSecrets | None:
    """The secrets in `httpx_settings`, which the transport adds to requests: None if there are none.

    Args:
        httpx_settings: The argument of the client.
    """
    httpx_settings = httpx_settings or {}
    known = KnownSecrets()
    headers = dict(httpx_settings.get("headers") or {})
    add_headers(known, {str(name).lower(): str(value) for name, value in headers.items()})
    cookies = dict(httpx_settings.get("cookies") or {})
    add_headers(known, {"cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())})
    match httpx_settings.get("auth"):
        case (str() as user, str() as password):
            login = b64encode(f"{user}:{password}".encode()).decode()
            add_headers(known, {"authorization": f"Basic {login}"})
        case _:
            pass
    return known or None


def redirects_of(httpx_settings: Mapping[str, Any] | None) -> int:
    """The maximum number of redirects to follow according to `httpx_settings`."""
    if not httpx_settings or not httpx_settings.get("follow_redirects"):
        return 0
    return int(httpx_settings.get("max_redirects", MOST_REDIRECTS))


def changed(
    options: Options,
    *,
    timeout: float | None,
    deadline: float | None,
    max_attempts: int | None,
    prefetch: bool | None = None,
    at_least_once: bool | None = None,
    follow_redirects: bool | None = None,
) -> Options:
    """The options with these changes; None means no change.

    Raises:
        ConfigError: A time that is not above zero, fewer than one attempt, or something other than True or False.
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
        if not _is_number(int, max_attempts) or max_attempts < 1:
            raise ConfigError(f"max_attempts must be a whole number, at least 1, got {max_attempts!r}")
        policy["max_attempts"] = max_attempts
    if prefetch is not None:
        changes["prefetch"] = _switch("prefetch", prefetch, ": one page is fetched ahead, no more")
    if at_least_once is not None:
        policy["at_least_once"] = _switch("at_least_once", at_least_once)
    if follow_redirects is not None:
        changes["redirects"] = MOST_REDIRECTS * _switch("follow_redirects", follow_redirects)
    if policy:
        changes["policy"] = msgspec.structs.replace(options.policy, **policy)
    return msgspec.structs.replace(options, **changes)


def _switch(name: str, value: bool, hint: str = "") -> bool:
    if not isinstance(cast(object, value), bool):
        raise ConfigError(f"{name} must be True or False, got {value!r}{hint}")
    return value


def _is_number(kinds: type | tuple[type, ...], value: object) -> bool:
    """Whether a value is a number of these types. True and False are not."""
    return isinstance(value, kinds) and not isinstance(value, bool)


def _seconds(name: str, value: float) -> float:
    if not (_is_number((int, float), value) and value > 0):
        raise ConfigError(f"{name} must be a number of seconds above 0, got {value!r}")
    # An int may be too large for a float.
    return float(value) if value == math.inf else float(min(value, sys.float_info.max))

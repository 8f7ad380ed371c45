"""`ClientConfig`, what a client is made of, and `build`, which makes its engine and its plugins."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, cast

import msgspec

from prefectkit.assembly import (
    Api,
    Server,
    built_in_plugins,
    changed,
    choose_server,
    choose_transport,
    is_transport,
    known_secrets,
    load_plugins,
    options_of,
    redirects_of,
    timeout_of,
)
from prefectkit.core.engine import Engine
from prefectkit.core.errors import ConfigError
from prefectkit.core.io import AsyncIO, SyncIO
from prefectkit.core.options import Options
from prefectkit.core.settings import Settings, load_settings

if TYPE_CHECKING:
    from prefectkit.plugins.manager import Plugins


class ClientConfig(msgspec.Struct, frozen=True, kw_only=True, repr_omit_defaults=True):
    """The arguments of a client, and what of it was chosen already. `Prefect` describes the arguments.

    Attributes:
        loaded: The installed plugins; loaded together with `plugins` if not given.
        settings: The settings; loaded if not given.
        server: The server; chosen by `api` and the settings if not given.
        options: The options; made of the settings, `timeout`, `deadline` and `max_attempts` if not given.
        built_in: Further plugins of the SDK's own, by name.
    """

    api: Api | None = None
    api_key: str | None = None
    auth_string: str | None = None
    transport: Any = None
    plugins: Iterable[object] = ()
    plugin_secrets: Iterable[str] = ()
    httpx_settings: Mapping[str, Any] | None = None
    timeout: float | None = None
    deadline: float | None = None
    max_attempts: int | None = None
    loaded: Plugins | None = None
    settings: Settings | None = None
    server: Server | None = None
    options: Options | None = None
    built_in: Iterable[tuple[str, object]] = ()

    def __repr__(self) -> str:
        # Keys and the settings of httpx are secret.
        return f"<{type(self).__name__}>"


def build(config: ClientConfig, *, sync: bool, is_taken: Callable[[str], bool]) -> tuple[Engine, Plugins]:
    """The engine and the plugins of a client.

    Args:
        config: What the client is made of.
        sync: For a client that blocks.
        is_taken: Whether a client has an attribute of this name, which no plugin may use.

    Raises:
        ConfigError: There is no API, or a setting or argument makes no sense.
        PluginError: One of the client's own plugins is refused.
    """
    if config.httpx_settings is not None and not isinstance(cast(object, config.httpx_settings), Mapping):
        kind = type(config.httpx_settings).__name__
        raise ConfigError(f"httpx_settings must be a dict of keyword arguments of httpx.Client, got {kind}")
    plugins = config.loaded
    if plugins is None:
        plugins = load_plugins(config.plugins, config.plugin_secrets, is_taken)
    contributed = plugins.contributions
    settings = config.settings or load_settings(defaults=contributed.defaults)
    options = config.options or _options(config, settings)
    server = config.server or choose_server(
        config.api,
        settings,
        has_transport=is_transport(config.transport),
        embedded=config.transport == "embedded",
        schemes=contributed.schemes,
    )
    plugins.add_built_in(built_in_plugins(settings, server, api_key=config.api_key, auth_string=config.auth_string))
    plugins.add_built_in(config.built_in)
    httpx_settings = config.httpx_settings
    transport = choose_transport(sync, server, settings, config.transport, httpx_settings, contributed.transports)
    io = SyncIO(transport) if sync else AsyncIO(transport)
    options = msgspec.structs.replace(options, redirects=redirects_of(httpx_settings))
    return Engine(server.url, io, plugins.compile(), options, known_secrets(httpx_settings)), plugins


def _options(config: ClientConfig, settings: Settings) -> Options:
    timeout = timeout_of(config.httpx_settings) if config.timeout is None else config.timeout
    return changed(options_of(settings), timeout=timeout, deadline=config.deadline, max_attempts=config.max_attempts)

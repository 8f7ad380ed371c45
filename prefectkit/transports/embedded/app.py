"""The Prefect server as an isolated ASGI app: own data directory, own settings, no output on the terminal."""

from __future__ import annotations

import asyncio
import inspect
import os
import sqlite3
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any

from prefectkit.core.errors import ConfigError
from prefectkit.transports.asgi.scope import ASGIApp, Message, Receive, Send

# Prefect configures the logging of the whole process when it is imported, and closes all existing handlers. A file of
# this name in its home directory replaces that configuration; an incremental one sets these levels only.
LOGGING_FILE = "logging.yml"
LOGGING = """\
version: 1
incremental: true
loggers:
  prefect.server: {level: ERROR}
  docket: {level: CRITICAL}
  alembic: {level: WARNING}
  aiosqlite: {level: WARNING}
"""

settings_are_copied = False
"""Whether Prefect's settings outside of contexts are a copy of what the user's were when this module imported it."""

_UNKNOWN_REVISION = "Can't locate revision identified by"
"""What the migrations of the database say to a version that they do not know."""

LOCK_TIMEOUT = 120.0
"""Seconds to wait for another process that starts its server in the same directory."""


class EmbeddedApp:
    """Prefect's app, imported and created at its startup.

    Args:
        directory: The data directory.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._app: ASGIApp | None = None
        self._settings: Any = None

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._run_lifespan(scope, receive, send)
        else:
            await self._delegate(scope, receive, send)

    async def _run_lifespan(self, scope: Message, receive: Receive, send: Send) -> None:
        lock: sqlite3.Connection | None = None

        async def unlock_and_send(message: Message) -> None:
            if lock is not None:
                lock.close()
            if _UNKNOWN_REVISION in message.get("message", ""):
                message = {**message, "message": _newer_database(self._directory)}
            await send(message)

        try:
            # In a thread: the import and the lock take seconds, during which callers can time out.
            lock = await asyncio.to_thread(lock_directory, self._directory)
            self._app, self._settings = await asyncio.to_thread(make_app, self._directory)
        except Exception as error:
            await receive()
            await unlock_and_send({"type": "lifespan.startup.failed", "message": f"{type(error).__name__}: {error}"})
            raise
        await self._delegate(scope, receive, unlock_and_send)

    async def _delegate(self, scope: Message, receive: Receive, send: Send) -> None:
        assert self._app is not None
        # Each task enters its own copy, since a context cannot be entered twice.
        with self._settings.model_copy():
            await self._app(scope, receive, send)


def lock_directory(directory: Path) -> sqlite3.Connection:
    """Create the directory, and lock it against other processes that start a server, until the connection is closed.

    Two processes that create the same database at once corrupt it. SQLite's lock is portable and ends with its process.

    Raises:
        ConfigError: The directory cannot be created or written.
    """
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        (directory / LOGGING_FILE).write_text(LOGGING)
    except OSError as error:
        raise ConfigError(
            f"the embedded Prefect server cannot keep its data in {directory} ({error.strerror}): "
            "set PREFECTKIT_HOME to a directory that can be written"
        ) from error
    lock = sqlite3.connect(directory / "start.lock", timeout=LOCK_TIMEOUT, check_same_thread=False)
    lock.execute("BEGIN EXCLUSIVE")
    return lock


def _newer_database(directory: Path) -> str:
    return (
        f"a newer version of Prefect has written the database in {directory}, and Prefect {version('prefect')} cannot "
        "read it: upgrade prefect, or set PREFECTKIT_HOME to another directory"
    )


def make_app(directory: Path) -> tuple[ASGIApp, Any]:
    """Prefect's app, and the settings context in which each of its tasks must run.

    Raises:
        ConfigError: Another Prefect server runs in this process, with its own database.
    """
    # Importing Prefect takes seconds, and creates its settings.
    if "prefect.context" not in sys.modules:
        _import_prefect(directory)
    from prefect.context import SettingsContext
    from prefect.settings import Profile, Settings

    settings = Settings(**own_settings(Settings, directory))
    context = SettingsContext(profile=Profile(name="embedded"), settings=settings)
    with context.model_copy():
        from prefect.server.api.server import create_app
        from prefect.server.database.dependencies import provide_database_interface

        # An app does not start its services twice, so each start creates one.
        app = create_app(settings, ephemeral=True, ignore_cache=True)
        url = provide_database_interface().database_config.connection_url
    if url != _database_url(directory):
        raise ConfigError(
            "another Prefect server runs in this process, and two cannot have different databases: "
            "pass its app as api=..., or set PREFECT_API_URL"
        )
    return app, context


def own_settings(model: Any, directory: Path) -> dict[str, Any]:
    """Every setting with its default value: the user's environment variables, profiles and files have no effect."""
    tree = _defaults(model, directory)
    tree["home"] = directory
    tree["profiles_path"] = directory / "profiles.toml"
    tree["logging"]["config_path"] = directory / LOGGING_FILE
    tree["results"]["local_storage_path"] = directory / "storage"
    tree["server"]["memo_store_path"] = directory / "memo_store.toml"
    tree["server"]["database"]["connection_url"] = _database_url(directory)
    tree["server"]["analytics_enabled"] = False
    return tree


def _defaults(model: Any, directory: Path) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        kind = field.annotation
        if inspect.isclass(kind) and hasattr(kind, "model_fields"):
            tree[name] = _defaults(kind, directory)
        else:
            tree[name] = field.get_default(call_default_factory=True, validated_data={"home": directory})
    return tree


def _database_url(directory: Path) -> str:
    return f"sqlite+aiosqlite:///{directory / 'prefect.db'}"


def _import_prefect(directory: Path) -> None:
    """Import Prefect without the user's settings, so that it does not create `~/.prefect`; then load those settings."""
    global settings_are_copied
    settings_are_copied = True
    own = {"PREFECT_HOME": str(directory), "PREFECT_SERVER_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1"}
    with _environment(own):
        import prefect.context
    from prefect.settings import Settings, load_profiles

    # Invalid settings of the user are reported by the first use of Prefect itself.
    with suppress(ValueError, KeyError):
        profiles = load_profiles()
        profile = profiles[os.environ.get("PREFECT_PROFILE") or profiles.active_name or "ephemeral"]
        users = prefect.context.SettingsContext(profile=profile, settings=Settings())
        prefect.context.GLOBAL_SETTINGS_CONTEXT = users


@contextmanager
def _environment(changes: Mapping[str, str]) -> Generator[None]:
    """Replace every PREFECT_* environment variable with these."""
    before = {name: value for name, value in os.environ.items() if name.startswith("PREFECT_") or name in changes}
    for name in before:
        del os.environ[name]
    os.environ.update(changes)
    try:
        yield
    finally:
        for name in changes:
            del os.environ[name]
        os.environ.update(before)

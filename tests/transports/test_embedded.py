"""The embedded server: one per process, its own data, no trace of the user's Prefect and none left in it."""

from __future__ import annotations

import io
import json
import logging
import os
import shutil
import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest

from prefectkit.core.errors import ClientClosedError, ConfigError, ConnectError
from prefectkit.transports.embedded import EMBEDDED_URL, data_directory, embedded_transport, stop_embedded
from prefectkit.transports.embedded import app as embedded_app
from prefectkit.transports.embedded import transport as embedded
from tests.real_server import put_database
from tests.transports.asgi_drivers import App, Opened, opened, request
from tests.versions import INSTALLED

SCRIPT = """
import asyncio, json, logging, os, pathlib, sys, threading, trio, warnings
from prefectkit.core.http.messages import Request
from prefectkit.transports.embedded import EMBEDDED_URL, data_directory, embedded_transport

def request(method, target, body=b""):
    headers = {"content-type": "application/json"}
    return Request(method, EMBEDDED_URL, target, headers=headers, body=body, timeout=120)

def variables(response):
    return [variable["name"] for variable in response.json()]
"""


def _run(text: str, home: Path, **environ: str) -> tuple[int, str, str]:
    inherited = {name: value for name, value in os.environ.items() if "PREFECT" not in name and name != "DO_NOT_TRACK"}
    run = subprocess.run(
        [sys.executable, "-u", "-c", SCRIPT + textwrap.dedent(text)],
        capture_output=True,
        text=True,
        timeout=300,
        cwd=home,
        env=inherited | {"HOME": str(home), "PYTHONPATH": os.pathsep.join(sys.path)} | environ,
    )
    return run.returncode, run.stdout, run.stderr


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, tuple[int, str, str]]:
    """The home of a user with settings of all kinds, after a script that used the server and closed nothing."""
    home = tmp_path_factory.mktemp("home")
    put_database(home / ".prefectkit" / "server")
    (home / "prefect.toml").write_text('[server.database]\nconnection_url = "postgresql+asyncpg://nobody@nowhere/db"\n')
    text = """
    handler = logging.FileHandler("user.log", mode="w")
    handler.setFormatter(logging.Formatter("%(name)s %(levelname)s %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    transport = embedded_transport(True)
    transport.send(request("POST", "/variables/", b'{"name": "sync", "value": 1}'))

    async def create(name):
        transport = embedded_transport(False)
        body = json.dumps({"name": name, "value": 1}).encode()
        response = await transport.send(request("POST", "/variables/", body))
        await transport.aclose()
        return response.status

    assert asyncio.run(create("asyncio")) == 201
    assert trio.run(create, "trio") == 201
    assert asyncio.run(create("asyncio_again")) == 201
    assert transport.send(request("GET", "/variables/name/trio")).status == 200
    transport.close()
    print(*sorted(variables(embedded_transport(True).send(request("POST", "/variables/filter", b"{}")))))
    print([thread.name for thread in threading.enumerate()].count("prefectkit-asgi"))
    logging.info("still logging")
    print([handler is each for each in logging.getLogger().handlers], logging.getLogger().level)
    mine = {name: value for name, value in os.environ.items() if "PREFECT" in name or name == "DO_NOT_TRACK"}
    print(json.dumps(mine))
    import prefect.context
    settings = prefect.context.get_settings_context().settings
    print(settings.api.url, settings.home == pathlib.Path.home() / ".prefect")
    warnings.simplefilter("ignore")  # Python 3.12 and later warn of any fork beside threads.
    child = os.fork()
    if child == 0:
        try:
            embedded_transport(True).send(request("GET", "/health"))
        except Exception as error:
            os.write(1, f"{type(error).__name__}: {error}\\n".encode())
        os._exit(0)
    os.waitpid(child, 0)
    """
    environ = {
        "PREFECT_API_URL": "http://the-users/api",
        "PREFECT_API_DATABASE_CONNECTION_URL": "postgresql+asyncpg://nobody@nowhere/db",
        "PREFECT_SERVER_API_AUTH_STRING": "user:password",
        "PREFECT_LOGGING_LEVEL": "DEBUG",
    }
    return home, _run(text, home, **environ)


@pytest.mark.server
def test_every_kind_of_client_reaches_the_one_server(used: tuple[Path, tuple[int, str, str]]) -> None:
    _, (code, out, err) = used
    assert (code, err) == (0, "")
    assert out.splitlines()[:2] == ["asyncio asyncio_again sync trio", "1"]


@pytest.mark.server
def test_the_users_logging_is_unchanged_and_logs_the_start_once(used: tuple[Path, tuple[int, str, str]]) -> None:
    home, (_, out, _) = used
    assert out.splitlines()[2] == "[True] 20"
    assert (home / "user.log").read_text().splitlines() == [
        "prefectkit.embedded INFO no API URL is configured: starting the embedded Prefect server, "
        f"data in {home}/.prefectkit/server",
        "root INFO still logging",
    ]


@pytest.mark.server
def test_the_users_environment_and_prefect_are_as_before(used: tuple[Path, tuple[int, str, str]]) -> None:
    home, (_, out, _) = used
    lines = out.splitlines()
    assert json.loads(lines[3]) == {
        "PREFECT_API_URL": "http://the-users/api",
        "PREFECT_API_DATABASE_CONNECTION_URL": "postgresql+asyncpg://nobody@nowhere/db",
        "PREFECT_SERVER_API_AUTH_STRING": "user:password",
        "PREFECT_LOGGING_LEVEL": "DEBUG",
    }
    assert lines[4] == "http://the-users/api True"
    assert not (home / ".prefect").exists()
    assert (home / ".prefectkit" / "server" / "prefect.db").exists()


@pytest.mark.server
def test_a_forked_child_cannot_use_the_server_of_its_parent(used: tuple[Path, tuple[int, str, str]]) -> None:
    _, (_, out, _) = used
    assert out.splitlines()[5].startswith(
        "ConfigError: the embedded Prefect server belongs to the process that started"
    )


@pytest.mark.server
def test_the_data_is_there_for_the_next_process_which_may_have_imported_prefect(
    used: tuple[Path, tuple[int, str, str]],
) -> None:
    home, _ = used
    text = """
    import prefect.main
    transport = embedded_transport(True)
    print(*sorted(variables(transport.send(request("POST", "/variables/filter", b"{}")))))
    import prefect.context
    print(prefect.context.get_settings_context().settings.home)
    """
    code, out, err = _run(text, home, PREFECT_HOME=str(home / "users"), PREFECTKIT_HOME=str(home / ".prefectkit"))
    assert (code, err) == (0, "")
    assert out.splitlines() == ["asyncio asyncio_again sync trio", str(home / "users")]


@pytest.mark.server
def test_the_database_of_a_newer_version(used: tuple[Path, tuple[int, str, str]], tmp_path: Path) -> None:
    home, _ = used
    shutil.copytree(home / ".prefectkit" / "server", tmp_path / "server")
    with closing(sqlite3.connect(tmp_path / "server" / "prefect.db")) as database, database:
        database.execute("UPDATE alembic_version SET version_num = 'ffffffffffff'")
    text = """
    try:
        embedded_transport(True).send(request("GET", "/health"))
    except Exception as error:
        print(error)
    """
    code, out, err = _run(text, home, PREFECTKIT_HOME=str(tmp_path))
    assert (code, err) == (0, "")
    assert out.strip() == (
        f"the app did not start: a newer version of Prefect has written the database in {tmp_path / 'server'}, and "
        f"Prefect {INSTALLED} cannot read it: upgrade prefect, or set PREFECTKIT_HOME to another directory"
    )


@pytest.mark.server
def test_a_second_server_in_the_process_is_refused(used: tuple[Path, tuple[int, str, str]]) -> None:
    home, _ = used
    text = """
    from prefect.server.database.dependencies import provide_database_interface
    provide_database_interface()
    try:
        embedded_transport(True).send(request("GET", "/health"))
    except Exception as error:
        print(error)
    """
    code, out, err = _run(text, home, PREFECT_HOME=str(home / "users"))
    assert (code, err) == (0, "")
    assert "another Prefect server runs in this process" in out


@pytest.mark.parametrize(
    ("versions", "message"),
    [
        ({}, r'prefect is not installed: pip install "prefectkit\[server\]".*PREFECT_API_URL or pass api='),
        ({"prefect": "3.8.8"}, "fastapi is not installed"),
        ({"prefect": "3.8.8", "fastapi": "0.151.0"}, r'with fastapi 0\.151\.0: pip install "fastapi<0\.151"'),
        ({"prefect": "3.8.8", "fastapi": "1.0rc1"}, r"with fastapi 1\.0rc1"),
    ],
)
def test_missing_packages_are_reported_when_the_client_is_made(
    monkeypatch: pytest.MonkeyPatch, versions: dict[str, str], message: str
) -> None:
    def version(name: str) -> str:
        if name not in versions:
            raise PackageNotFoundError(name)
        return versions[name]

    monkeypatch.setattr(embedded, "version", version)
    with pytest.raises(ConfigError, match=message):
        embedded_transport(True)


def test_the_data_directory_follows_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECTKIT_HOME", "~/elsewhere")
    assert data_directory() == Path.home() / "elsewhere" / "server"
    monkeypatch.delenv("PREFECTKIT_HOME")
    assert data_directory() == Path.home() / ".prefectkit" / "server"
    monkeypatch.setenv("PREFECTKIT_HOME", "here")
    assert data_directory() == Path.cwd() / "here" / "server"


class Context:
    """In place of Prefect's settings context: counts who is in it."""

    inside = 0

    def model_copy(self) -> Context:
        return self

    def __enter__(self) -> None:
        self.inside += 1

    def __exit__(self, *_: object) -> None:
        self.inside -= 1


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[App]:
    """An app in place of Prefect's."""
    app = App()
    monkeypatch.setenv("PREFECTKIT_HOME", str(tmp_path))
    monkeypatch.setattr(embedded_app, "make_app", lambda directory: (app, Context()))
    yield app
    stop_embedded()


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio", "trio"])
async def test_the_server_outlives_its_clients_until_it_is_stopped(fake: App, anyio_backend: str) -> None:
    for sync in (True, False):
        transport = Opened(embedded_transport(sync=sync))
        assert (await transport.send(request(base_url=EMBEDDED_URL))).status == 200
        await transport.close()
        with pytest.raises(ClientClosedError):
            await transport.send(request())
    assert fake.events == ["startup"]
    stop_embedded()
    stop_embedded()
    assert fake.events == ["startup", "shutdown"]
    assert (await Opened(embedded_transport(True)).send(request())).status == 200
    assert fake.events == ["startup", "shutdown", "startup"]


def test_a_start_that_fails_says_why_and_lets_the_next_one_try(fake: App, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(directory: Path) -> Any:
        raise ImportError("no module named 'uvicorn'")

    transport = embedded_transport(True)
    with monkeypatch.context() as broken:
        broken.setattr(embedded_app, "make_app", fail)
        with pytest.raises(ConnectError, match="ImportError: no module named 'uvicorn'"):
            transport.send(request())
    assert transport.send(request()).status == 200


def test_a_directory_that_cannot_be_made_is_named(fake: App, tmp_path: Path) -> None:
    (tmp_path / "server").write_text("a file")
    with pytest.raises(ConnectError, match=rf"data in {tmp_path}/server \(File exists\): set PREFECTKIT_HOME"):
        embedded_transport(True).send(request())


@pytest.mark.anyio
async def test_one_start_at_a_time_in_a_directory(tmp_path: Path) -> None:
    lock = embedded_app.lock_directory(tmp_path)
    app = embedded_app.EmbeddedApp(tmp_path)
    fake = App()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(embedded_app, "make_app", lambda directory: (fake, Context()))
        async with opened("asyncio", app) as transport:
            with pytest.raises(TimeoutError):
                await transport.send(request(timeout=0.05))
            assert fake.events == []
            lock.close()
            assert (await transport.send(request())).status == 200
            # It is free again as soon as the app has started.
            embedded_app.lock_directory(tmp_path).close()


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("stderr", [Terminal(), io.StringIO(), None], ids=["terminal", "file", "none"])
def test_a_start_is_announced_where_somebody_looks(
    stderr: io.StringIO | None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("PREFECT_API_ULR", "http://there/api")
    monkeypatch.setattr(sys, "stderr", stderr)
    caplog.set_level("INFO", "prefectkit.embedded")
    embedded._EmbeddedServer(60.0).announce()
    said = (
        f"no API URL is configured: starting the embedded Prefect server, data in {data_directory()} "
        "(PREFECT_API_ULR is set, and is no setting: PREFECT_API_URL is meant?)"
    )
    if isinstance(stderr, Terminal):
        assert (stderr.getvalue(), caplog.messages) == (f"prefectkit: {said}\n", [])
    else:
        assert caplog.messages == [said]
        assert stderr is None or stderr.getvalue() == ""


def test_a_log_handler_may_use_a_client_while_the_server_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    statuses: list[int] = []

    class Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            statuses.append(embedded_transport(True).send(request()).status)

    monkeypatch.setattr(embedded, "EmbeddedApp", lambda directory: App())
    monkeypatch.setattr(embedded._EmbeddedServer, "running", None)
    monkeypatch.setattr(sys, "stderr", None)
    monkeypatch.setattr(embedded.logger, "level", logging.INFO)
    monkeypatch.setattr(embedded.logger, "handlers", [Handler()])
    thread = Thread(target=lambda: statuses.append(embedded_transport(True).send(request()).status), daemon=True)
    thread.start()
    thread.join(10)
    assert statuses == [200, 200]
    stop_embedded()


def test_threads_that_start_the_server_at_once_share_it(monkeypatch: pytest.MonkeyPatch) -> None:
    apps: list[App] = []
    both = Barrier(2)

    def make(directory: Path) -> App:
        both.wait(10)
        apps.append(App())
        return apps[-1]

    monkeypatch.setattr(embedded, "EmbeddedApp", make)
    monkeypatch.setattr(embedded._EmbeddedServer, "running", None)
    with ThreadPoolExecutor(2) as threads:
        responses = threads.map(lambda _: embedded_transport(True).send(request()), range(2))
        assert [response.status for response in responses] == [200, 200]
    assert sorted(len(app.events) for app in apps) == [0, 1]
    stop_embedded()

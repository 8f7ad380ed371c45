"""`get_client` without a URL: the embedded server where the settings allow it, else Prefect's own error."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from prefectkit.compat import get_client
from tests.real_server import put_database

SCRIPT = """
import os
import anyio
from prefectkit.compat import AsyncClientContext, ServerType, SyncClientContext, get_client, inject_client

with get_client(sync_client=True) as client:
    flow_id = client.create_flow_from_name("etl")
    print(client.server_type is ServerType.EPHEMERAL, client.api_url, client.read_flow(flow_id).name)

async def main():
    async with get_client({"timeout": 60}) as client:
        print(client.server_type is ServerType.EPHEMERAL, (await client.read_flow(flow_id)).name)
    async with AsyncClientContext() as context:
        print(get_client() is context.client, await context.client.api_healthcheck())

    @inject_client
    async def name(client=None):
        return (await client.read_flow_by_name("etl")).name

    print(await name())

anyio.run(main, backend="asyncio")
anyio.run(main, backend="trio")
with SyncClientContext() as context:
    print(get_client(sync_client=True) is context.client, context.client.hello().json())

# The embedded server imported Prefect, with what the environment was then.
os.environ["PREFECT_API_URL"] = "http://later.test/api"
print(get_client(sync_client=True).api_url)
"""

EMBEDDED = """\
True http://ephemeral-prefect/api/ etl
True etl
True None
etl
True etl
True None
etl
True 👋
http://later.test/api/
"""


@pytest.mark.server
@pytest.mark.parametrize(
    "settings",
    [
        {},  # the built-in profile turns it on
        {"PREFECT_API_URL": "", "PREFECT_SERVER_EPHEMERAL_ENABLED": "true"},
    ],
    ids=["default", "asked-for"],
)
def test_both_clients_on_the_embedded_server(settings: dict[str, str], tmp_path: Path) -> None:
    inherited = {name: value for name, value in os.environ.items() if "PREFECT" not in name}
    put_database(tmp_path / ".prefectkit" / "server")
    run = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        capture_output=True,
        text=True,
        timeout=300,
        cwd=tmp_path,
        env={**inherited, "HOME": str(tmp_path), "PYTHONPATH": os.pathsep.join(sys.path), **settings},
    )
    assert (run.returncode, run.stdout) == (0, EMBEDDED), run.stderr


@pytest.mark.parametrize("sync", [True, False])
@pytest.mark.parametrize("url", ["", None])
@pytest.mark.parametrize("profile", ["", "PREFECT_SERVER_EPHEMERAL_ENABLED = false\n"])
def test_a_profile_without_it_is_an_error(
    profile: str, url: str | None, sync: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "profiles.toml").write_text(f'active = "mine"\n[profiles.mine]\n{profile}')
    monkeypatch.setenv("PREFECT_PROFILES_PATH", str(tmp_path / "profiles.toml"))
    if url is not None:
        monkeypatch.setenv("PREFECT_API_URL", url)
    with pytest.raises(
        ValueError, match=r"^No Prefect API URL provided. Please set PREFECT_API_URL to the address of a "
    ):
        get_client(sync_client=sync)


def test_without_the_extra_it_is_the_same_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("prefectkit.transports.embedded.transport.version", _not_installed)
    with pytest.raises(ValueError, match=r"^No Prefect API URL provided") as caught:
        get_client()
    assert 'pip install "prefectkit[server]"' in str(caught.value.__cause__)


def _not_installed(name: str) -> str:
    raise PackageNotFoundError(name)

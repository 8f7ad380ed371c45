"""The environment variables of this package: misspelt names, and values that are neither true nor false."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from prefectkit import AsyncPrefect, Prefect
from prefectkit.compat import SyncPrefectClient
from prefectkit.core.settings.own_variables import check_own_variables, is_on
from prefectkit.errors import ConfigError

URL = "http://127.0.0.1:4200/api"


@pytest.mark.parametrize("client", [Prefect, AsyncPrefect, SyncPrefectClient])
@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("PREFECTKIT_PLUGIN", "PREFECTKIT_PLUGINS"),
        ("PREFECTKIT_PLUGNS", "PREFECTKIT_PLUGINS"),
        ("PREFECTKIT_DISABLED_PLUGINS", "PREFECTKIT_DISABLE_PLUGINS"),
        ("PREFECTKIT_PLUGINS_SECRETS", "PREFECTKIT_PLUGIN_SECRETS"),
        ("PREFECTKIT_STRICT_PLUGIN", "PREFECTKIT_STRICT_PLUGINS"),
        ("PREFECTKIT_API_URL", "PREFECT_API_URL"),
        ("PREFECTKIT_CLIENT_MAX_RETRIES", "PREFECT_CLIENT_MAX_RETRIES"),
    ],
)
def test_a_misspelt_name(
    client: Callable[[str], object], name: str, meant: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, "x")
    with pytest.raises(ConfigError) as caught:
        client(URL)
    assert str(caught.value) == f"the environment variable {name} is no setting. Did you mean {meant}?"


def test_names_of_plugins_and_of_others() -> None:
    check_own_variables({"PREFECTKIT_GATEWAY_TOKEN": "x", "PREFECT_PLUGNS": "x", "PREFECTKIT_PLUGINS": "", "HOME": "/"})


@pytest.mark.parametrize(
    ("word", "value"), [("", False), ("0", False), ("false", False), ("no", False), ("1", True), ("True", True)]
)
def test_a_switch(word: str, value: bool) -> None:
    assert is_on({"PREFECTKIT_STRICT_PLUGINS": word}, "PREFECTKIT_STRICT_PLUGINS") is value
    assert is_on({}, "PREFECTKIT_STRICT_PLUGINS") is False


def test_a_switch_that_is_neither(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECTKIT_STRICT_PLUGINS", "maybe")
    with pytest.raises(ConfigError, match="PREFECTKIT_STRICT_PLUGINS is 'maybe': it must be true or false"):
        Prefect(URL)

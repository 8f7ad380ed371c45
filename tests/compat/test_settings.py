"""`temporary_settings` changes the flat clients that are created within it, as Prefect's own does."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import anyio
import pytest

from prefectkit import Prefect
from prefectkit.compat import get_client, settings
from prefectkit.compat.settings import PREFECT_API_KEY, PREFECT_API_URL, get_current_settings, temporary_settings
from prefectkit.errors import ConfigError

OUTSIDE = "http://outside.test/api"
INSIDE = "http://inside.test/api"


@pytest.fixture(autouse=True)
def _outside() -> Iterator[None]:
    with patch.dict(os.environ, {"PREFECT_API_URL": OUTSIDE}):
        yield


@pytest.mark.parametrize("key", [PREFECT_API_URL, "PREFECT_API_URL", "prefect_api_url", "api.url"])
def test_clients_have_the_changed_url_within_and_no_longer(key: Any) -> None:
    before = get_client()
    with temporary_settings({key: INSIDE}) as changed:
        assert changed.api_url == PREFECT_API_URL.value() == INSIDE
        assert str(get_client(sync_client=True).api_url) == f"{INSIDE}/"
        assert str(before.api_url) == f"{OUTSIDE}/"
        with Prefect() as native:
            assert native.api_url == OUTSIDE
    assert PREFECT_API_URL.value() == OUTSIDE
    assert str(get_client().api_url) == f"{OUTSIDE}/"


def test_settings_of_the_official_package_are_keys() -> None:
    from prefect.settings import PREFECT_API_URL as URL
    from prefect.settings import PREFECT_CLIENT_MAX_RETRIES as RETRIES

    with temporary_settings({URL: INSIDE, RETRIES: "3"}) as changed:
        assert (changed.api_url, changed.client_max_retries) == (INSIDE, 3)


def test_nested_changes_add_up_and_end() -> None:
    with temporary_settings({PREFECT_API_URL: INSIDE, "api.request_timeout": 5}):
        with temporary_settings({PREFECT_API_KEY: "hidden"}) as inner:
            assert (inner.api_url, inner.api_request_timeout) == (INSIDE, 5.0)
            assert PREFECT_API_KEY.value() == "hidden"
            assert "hidden" not in repr(inner)
        assert PREFECT_API_KEY.value() is None
        with temporary_settings({"api.request_timeout": None}) as inner:
            assert inner.api_request_timeout == 60.0
    assert get_current_settings().api_request_timeout == 60.0


def test_defaults_give_way_to_what_is_configured() -> None:
    with temporary_settings(set_defaults={PREFECT_API_URL: INSIDE, "client.retry_jitter_factor": 0.5}) as changed:
        assert (changed.api_url, changed.client_retry_jitter_factor) == (OUTSIDE, 0.5)
        with temporary_settings({"client.retry_jitter_factor": 0.1}) as inner:
            assert inner.client_retry_jitter_factor == 0.1


def test_defaults_are_restored_and_updates_come_first() -> None:
    with temporary_settings(restore_defaults=[PREFECT_API_URL]) as changed:
        assert changed.api_url is None
    with temporary_settings({PREFECT_API_URL: INSIDE}, restore_defaults={PREFECT_API_URL}) as changed:
        assert changed.api_url == INSIDE


def test_an_error_ends_the_change() -> None:
    with pytest.raises(LookupError), temporary_settings({PREFECT_API_URL: INSIDE}):
        raise LookupError
    assert PREFECT_API_URL.value() == OUTSIDE


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"updates": {"PREFECT_LOGGING_LEVEL": "DEBUG"}}, "no setting 'PREFECT_LOGGING_LEVEL'"),
        ({"restore_defaults": ["api.ulr"]}, "no setting 'api.ulr'"),
        ({"updates": {"client.max_retries": -1}}, "PREFECT_CLIENT_MAX_RETRIES .* is -1 in temporary_settings"),
        ({"set_defaults": {"client.max_retries": "x"}}, "is 'x' in temporary_settings"),
    ],
)
def test_what_cannot_be_set_is_refused(arguments: Any, told: str) -> None:
    with pytest.raises(ConfigError, match=told), temporary_settings(**arguments):
        raise AssertionError
    assert PREFECT_API_URL.value() == OUTSIDE


def test_a_change_is_of_one_task() -> None:
    seen: dict[str, Any] = {}

    async def changed(ready: anyio.Event, done: anyio.Event) -> None:
        with temporary_settings({PREFECT_API_URL: INSIDE}):
            ready.set()
            await done.wait()
            seen["changed"] = PREFECT_API_URL.value()

    async def main() -> None:
        ready, done = anyio.Event(), anyio.Event()
        async with anyio.create_task_group() as group:
            group.start_soon(changed, ready, done)
            await ready.wait()
            seen["beside"] = PREFECT_API_URL.value()
            done.set()

    anyio.run(main)
    assert seen == {"beside": OUTSIDE, "changed": INSIDE}


def test_every_setting_of_clients_has_its_name() -> None:
    from prefectkit.core.settings.fields import SETTINGS

    for setting in SETTINGS:
        for variable in setting.variables:
            assert getattr(settings, variable) == variable
            assert getattr(settings, variable).name == variable

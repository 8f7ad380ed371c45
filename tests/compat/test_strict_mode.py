"""`PREFECTKIT_STRICT_COMPAT`."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from prefectkit.compat import get_client
from prefectkit.core.errors import ConfigError
from tests.compat.flat_clients import KINDS, use


@pytest.fixture
def missing_profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "profiles.toml").write_text('active = "gone"\n[profiles.mine]\n')
    monkeypatch.setenv("PREFECT_PROFILES_PATH", str(tmp_path / "profiles.toml"))


@pytest.mark.parametrize("word", ["", "0", "no"])
@pytest.mark.usefixtures("missing_profile")
def test_a_profile_that_is_not_there_is_an_error(word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECTKIT_STRICT_COMPAT", word)
    with pytest.raises(ConfigError, match="profile 'gone' not found"):
        get_client()


@pytest.mark.parametrize("word", ["1", "true", "YES"])
@pytest.mark.usefixtures("missing_profile")
def test_strictly_it_is_the_built_in_one(word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECTKIT_STRICT_COMPAT", word)
    monkeypatch.setattr("prefectkit.transports.embedded.transport._check_installed", lambda: None)
    assert "ephemeral-prefect" in repr(get_client())


def test_another_word_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECTKIT_STRICT_COMPAT", "maybe")
    with pytest.raises(ConfigError, match="PREFECTKIT_STRICT_COMPAT is 'maybe': it must be true or false"):
        get_client()


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("word", "attempts"), [("0", 1), ("1", 3)])
def test_strictly_a_change_is_sent_again_that_may_be_made_twice(
    word: str, attempts: int, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREFECTKIT_STRICT_COMPAT", word)
    sent: list[str] = []

    def respond(request: httpx.Request) -> httpx.Response:
        sent.append(request.url.path)
        # No pause before the next attempt.
        return httpx.Response(503, headers={"retry-after": "0"})

    with pytest.raises(httpx.HTTPStatusError, match="503"):
        use(kind, respond, lambda client: client.create_logs([]), retries=2)
    assert sent == ["/api/logs/"] * attempts

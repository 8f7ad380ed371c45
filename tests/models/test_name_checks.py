"""Names that the server fails at, and names that it takes for ids."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from prefectkit import Prefect
from prefectkit.errors import AmbiguousOutcomeError, Conflict, InvalidParameterError
from prefectkit.models.name_checks import check_input_key, check_name, looks_like_id
from tests.core.calls import RESET
from tests.fakes import URL, FakeTransport, response

ID = "0198b5c4-9d2b-7f3e-8b1a-2c3d4e5f6a7b"
IDS = [ID, ID.upper(), ID.replace("-", ""), f"{{{ID}}}", f"urn:uuid:{ID}"]


def test_a_banned_character_is_named_with_the_field() -> None:
    for character in "/%&<>":
        for name in (character, f"a{character}b", f"{character}{character}"):
            with pytest.raises(ValueError, match=f"tag '.*' has '{character}'") as caught:
                check_name("tag", name)
            assert isinstance(caught.value, InvalidParameterError)


@pytest.mark.parametrize("name", ["", "a b", "..", "ü", "a\\b", "a?b#c", "\n", None, 5, ["a/b"]])
def test_other_rules_for_names_are_left_to_the_server(name: Any) -> None:
    check_name("name", name)


@pytest.mark.parametrize("key", ["", "a", "a-1", "-", "7", None, 5])
def test_a_key(key: Any) -> None:
    check_input_key("key", key)


@pytest.mark.parametrize("name", IDS)
def test_a_limit_whose_name_is_an_id_cannot_be_read_back(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert looks_like_id(name)
    assert uuid.UUID(name)
    monkeypatch.setenv("PREFECT_CLIENT_CSRF_SUPPORT_ENABLED", "false")
    transport = FakeTransport(RESET, response({"detail": "it exists"}, 409), response({"detail": "not found"}, 404))
    with Prefect(URL, transport=transport) as client, pytest.raises(AmbiguousOutcomeError):
        client.global_concurrency_limits.create(name=name, limit=1)
    assert transport.sent == ["POST /v2/concurrency_limits/"]
    transport = FakeTransport(response({"detail": "it exists"}, 409))
    with Prefect(URL, transport=transport) as client, pytest.raises(Conflict):
        client.global_concurrency_limits.create(name=name, limit=1)


@pytest.mark.parametrize("name", ["", "a", "tag:a", ID[:-1], f"{ID}0", f"x{ID}"])
def test_another_name_is_none(name: str) -> None:
    assert not looks_like_id(name)

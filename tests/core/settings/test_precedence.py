"""Which source wins, checked against the rule itself."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.settings.places import Place

LADDER = ["environ", ".env", "prefect.toml", "pyproject.toml", "profile"]
HEADERS = st.dictionaries(st.sampled_from(["X-A", "x-a", "X-B", "X-C"]), st.sampled_from(["1", "2", "3"]))
QUICK = settings(max_examples=60, deadline=None)


def put(place: Place, where: str, variable: str, path: str, value: str) -> dict[str, str]:
    """Write a value to one place; the variables to add to the environment."""
    literal = json.dumps(value)
    match where:
        case "environ":
            return {variable: value}
        case ".env":
            place.write(".env", f"{variable}='{value}'")
        case "prefect.toml":
            place.write("prefect.toml", f"{path} = {literal}")
        case "pyproject.toml":
            place.write("pyproject.toml", f"tool.prefect.{path} = {literal}")
        case _:
            place.write_profiles(f"active = 'a'\n[profiles.a]\n{variable} = {literal}")
    return {}


@QUICK
@given(st.sets(st.sampled_from(LADDER)))
def test_the_strongest_place_that_has_a_value_wins(places: set[str]) -> None:
    with tempfile.TemporaryDirectory() as root:
        place = Place(Path(root))
        environ: dict[str, str] = {}
        for where in places:
            environ |= put(place, where, "PREFECT_API_URL", "api.url", where)
        strongest = next((where for where in LADDER if where in places), None)
        assert place.load(environ).api_url == strongest


@QUICK
@given(st.dictionaries(st.sampled_from(LADDER), HEADERS))
def test_headers_are_merged_and_the_strongest_place_wins_each(headers: dict[str, dict[str, str]]) -> None:
    with tempfile.TemporaryDirectory() as root:
        place = Place(Path(root))
        environ: dict[str, str] = {}
        expected: dict[str, str] = {}
        for where in reversed(LADDER):
            if where in headers:
                environ |= put(
                    place, where, "PREFECT_CLIENT_CUSTOM_HEADERS", "client.custom_headers", json.dumps(headers[where])
                )
                expected |= headers[where]
        assert place.load(environ).client_custom_headers == expected


def test_of_two_spellings_of_a_header_the_stronger_place_comes_last(place: Place) -> None:
    place.write("prefect.toml", "client.custom_headers = {x-team = 'file'}")
    settings = place.load({"PREFECT_CLIENT_CUSTOM_HEADERS": '{"X-Team": "environment"}'})
    assert list(settings.client_custom_headers) == ["x-team", "X-Team"]


def test_sets_are_replaced_not_merged(place: Place) -> None:
    place.write("prefect.toml", "client.retry_extra_codes = [404]")
    assert place.load({"PREFECT_CLIENT_RETRY_EXTRA_CODES": "418"}).client_retry_extra_codes == {418}

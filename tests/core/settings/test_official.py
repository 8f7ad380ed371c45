"""The same files and variables, read by this package and by the official client, give the same settings."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Mapping
from math import inf
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import certifi
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from prefectkit.core.errors import ConfigError
from prefectkit.core.security.secrets import Secret
from prefectkit.core.settings import load_settings
from prefectkit.core.settings.fields import SETTINGS
from tests.core.settings.places import Official

# Good values: as text of a variable, and as TOML. Settings that are not here are booleans.
WORDS = ["1", "0", "true", "False", "T", "f", "YES", "no", "y", "N", "On", "oFF"]
TEXTS = {
    "api.url": ["http://127.0.0.1:4200/api", "https://api.prefect.cloud/api/accounts/a/workspaces/w", ""],
    "api.key": ["pnu_one", "pnu_two", ""],
    "api.auth_string": ["admin:pass", "é:ü"],
    "api.ssl_cert_file": ["/a.pem", "~/b.pem", ""],
    "api.request_timeout": ["0.5", "30", " 3 ", "1_000.25", "1e2"],
    "client.max_retries": ["0", "7", " 8_0 ", "+9", "12.0"],
    "client.retry_jitter_factor": ["0", "0.25", "2"],
    "client.retry_extra_codes": ["404", "404,429", " 500 , 501 ", "[404, 418]", ""],
    "client.custom_headers": ['{"X-Team":"data"}', '{"X-Team":"core","x-zone":"b"}', "{}"],
    "client.metrics.port": ["0", "9090"],
    "cloud.api_url": ["https://api.prefect.cloud/api", ""],
    "server.ephemeral.startup_timeout_seconds": ["7", "60"],
    "server.api.default_limit": ["7", "1_000"],
    "home": ["/var/prefect", "~/own"],
}
LITERALS = ["true", "false", "0", '"yes"', '"off"', '"T"', '"n"']
TOML = {
    "api.url": ['"http://toml/api"'],
    "api.key": ['"pnu_toml"'],
    "api.auth_string": ['"a:b"'],
    "api.ssl_cert_file": ['"/toml.pem"'],
    "api.request_timeout": ["5", "2.5", '"7"'],
    "client.max_retries": ["3", "3.0", '"4"'],
    "client.retry_jitter_factor": ["0", "1.5", '"2"'],
    "client.retry_extra_codes": ["404", "[404, 429]", "[]", '"418,419"', '["404"]'],
    "client.custom_headers": ['\'{"X-Toml":"1"}\'', '\'{"X-Team":"toml"}\'', '{X-Team = "table", x-zone = "a"}', "{}"],
    "client.metrics.port": ["9000", '"9001"'],
    "cloud.api_url": ['"https://cloud.example/api"'],
    "server.ephemeral.startup_timeout_seconds": ["3", '"4"'],
    "server.api.default_limit": ["50", '"60"'],
    "home": ['"/toml/home"', '"~/toml"'],
}
# One of these takes the place of a good value now and then.
BAD = {
    "api.request_timeout": "fast",
    "client.max_retries": "-1",
    "client.retry_jitter_factor": "-0.1",
    "client.retry_extra_codes": "404,99",
    "client.custom_headers": "X-Team: data",
    "client.metrics.port": "1.5",
    "client.metrics.enabled": "maybe",
    "api.enable_http2": "",
    "server.api.default_limit": "many",
}
PATHS = [setting.path for setting in SETTINGS if setting.path != "profiles_path"]
ALIASES = {setting.path: setting.alias for setting in SETTINGS if setting.alias}
VARIABLES = {setting.path: setting.variable for setting in SETTINGS}
# The two settings of which this package can say that nobody configured them.
OPTIONAL = {"client.max_retries", "server.ephemeral.enabled"}


def texts(path: str) -> st.SearchStrategy[str]:
    return st.sampled_from(TEXTS.get(path, WORDS))


def literals(path: str) -> st.SearchStrategy[str]:
    return st.sampled_from(TOML.get(path, LITERALS))


def spelled(path: str) -> st.SearchStrategy[str]:
    names = [VARIABLES[path], *([ALIASES[path]] if path in ALIASES else [])]
    # The official client sees its home only in capitals where it looks for the profiles.
    return st.sampled_from(names + [name.lower() for name in names if path != "home"])


def choices(pick: Any, names: Any) -> st.SearchStrategy[dict[str, str]]:
    """A few settings, each under one of its names."""
    one = st.sampled_from(PATHS).flatmap(lambda path: st.tuples(names(path), pick(path)))
    return st.lists(one, max_size=6).map(dict)


def tables(values: Mapping[str, str], prefix: str = "") -> str:
    """TOML that spells each setting by its dotted path, below `prefix`."""
    return "".join(f"{prefix}{path} = {value}\n" for path, value in sorted(values.items()))


SPELLINGS: dict[str, Callable[[str], str]] = {
    "environ": VARIABLES.__getitem__,
    ".env": VARIABLES.__getitem__,
    "prefect.toml": str,
    "pyproject.toml": str,
    "one": VARIABLES.__getitem__,
}


@st.composite
def cases(draw: st.DrawFn) -> dict[str, Any]:
    by_path = choices(literals, st.just)
    # A table in a profile is one of the differences below.
    in_profile = choices(
        lambda path: literals(path).filter(lambda text: text[0] != "{"), lambda path: spelled(path).map(str.upper)
    )
    case: dict[str, Any] = {
        "environ": draw(choices(texts, spelled)),
        ".env": draw(choices(texts, spelled)),
        "prefect.toml": draw(by_path),
        "pyproject.toml": draw(by_path),
        "one": draw(in_profile),
        "two": draw(in_profile),
        "active": draw(st.sampled_from(["one", "one", "two", "missing", None])),
        "PREFECT_PROFILE": draw(st.sampled_from([None, None, "one", "two", "missing", ""])),
        "flag": draw(st.sampled_from([None] * 8 + ["PREFECT_TEST_MODE", "PREFECT_TESTING_UNIT_TEST_MODE"])),
        "profiles in": draw(st.sampled_from(["PREFECT_HOME", "user", "nowhere", *list(SPELLINGS)[:4]])),
    }
    if draw(st.integers(0, 9)) == 7:
        where, path = draw(st.tuples(st.sampled_from(list(SPELLINGS)), st.sampled_from(list(BAD))))
        bad = BAD[path] if where in ("environ", ".env") else json.dumps(BAD[path])
        case[where] = {**case[where], SPELLINGS[where](path): bad}
    return case


def lay_out(case: dict[str, Any], root: Path, user_home: Path) -> dict[str, str]:
    """Write the case's files below `root`; the environment to read them with."""
    shutil.rmtree(user_home / ".prefect", ignore_errors=True)
    elsewhere = str(root / "own.toml")
    named_by = case["profiles in"]
    profiles = {
        "PREFECT_HOME": root / "prefect" / "profiles.toml",
        "user": user_home / ".prefect" / "profiles.toml",
        "nowhere": root / "unused.toml",
    }.get(named_by, Path(elsewhere))
    profiles.parent.mkdir(exist_ok=True)
    profiles.write_text(
        (f'active = "{case["active"]}"\n' if case["active"] else "")
        + "".join(
            f"[profiles.{name}]\n" + "".join(f"{key} = {value}\n" for key, value in values.items())
            for name, values in (("one", case["one"]), ("two", case["two"]))
        )
    )
    environ = {"SSL_CERT_FILE": certifi.where(), "HOME": str(user_home), **case["environ"]}
    if named_by != "user":
        environ.setdefault("PREFECT_HOME", str(root / "prefect"))
    if named_by == "environ":
        environ["PREFECT_PROFILES_PATH"] = elsewhere
    if case["PREFECT_PROFILE"] is not None:
        environ["PREFECT_PROFILE"] = case["PREFECT_PROFILE"]
    if case["flag"]:
        environ[case["flag"]] = "1"
    lines = [f"{name}='{value}'" for name, value in case[".env"].items()]
    lines += [f"PREFECT_PROFILES_PATH={elsewhere}"] if named_by == ".env" else []
    (root / ".env").write_text("\n".join(lines), encoding="utf-8")
    for name, prefix in (("prefect.toml", ""), ("pyproject.toml", "tool.prefect.")):
        pointer = {"profiles_path": json.dumps(elsewhere)} if named_by == name else {}
        (root / name).write_text(tables({**case[name], **pointer}, prefix))
    return environ


def ours(environ: Mapping[str, str], cwd: Path) -> dict[str, Any]:
    try:
        loaded = load_settings(environ, cwd, strict_profile=False)
    except ConfigError as error:
        return {"error": str(error)}
    return {setting.path: plain(getattr(loaded, setting.attribute)) for setting in SETTINGS}


def plain(value: object) -> object:
    if isinstance(value, Secret):
        return value.reveal()
    if isinstance(value, frozenset):
        return sorted(value)
    return str(value) if isinstance(value, Path) else value


def differences(mine: dict[str, Any], theirs: dict[str, Any]) -> dict[str, tuple[object, object]]:
    if "error" in mine or "error" in theirs:
        one_only = ("error" in mine) != ("error" in theirs)
        return {"error": (mine.get("error"), theirs.get("error"))} if one_only else {}
    expected = {path: theirs[path] for path in PATHS}
    expected |= {path: None for path in OPTIONAL if path in theirs["unset"]}
    return {path: (mine[path], value) for path, value in expected.items() if mine[path] != value}


# Drawing a case takes long on a busy machine, which says nothing about the settings.
@settings(max_examples=60, deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow])
@given(case=cases())
def test_reads_what_the_official_client_reads(official: Official, case: dict[str, Any]) -> None:
    with tempfile.TemporaryDirectory() as root:
        environ = lay_out(case, Path(root), official.user_home)
        assert differences(ours(environ, Path(root)), official.load(environ, Path(root))) == {}


HEADERS = ["X-Team", "x-zone", "X-Own"]


@st.composite
def headers_everywhere(draw: st.DrawFn) -> dict[str, Any]:
    """Custom headers, and the same boolean by both of its names, in most places at once."""
    case = {**draw(cases()), "PREFECT_PROFILE": "one", "active": "two", "flag": None}
    for place in SPELLINGS:
        headers = json.dumps(dict.fromkeys(draw(st.sets(st.sampled_from(HEADERS))), place))
        words = draw(st.lists(st.sampled_from(WORDS), min_size=2, max_size=2))
        if place in ("environ", ".env"):
            case[place] = {"PREFECT_CLIENT_CUSTOM_HEADERS": headers}
            case[place] |= zip(
                ("PREFECT_CLIENT_METRICS_ENABLED", ALIASES["client.metrics.enabled"]), words, strict=True
            )
        else:
            name = SPELLINGS[place]("client.custom_headers")
            case[place] = {name: f"'{headers}'"} if draw(st.booleans()) else {}
    return case


@settings(max_examples=20, deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow])
@given(case=headers_everywhere())
def test_merges_what_the_official_client_merges(official: Official, case: dict[str, Any]) -> None:
    with tempfile.TemporaryDirectory() as root:
        environ = lay_out(case, Path(root), official.user_home)
        assert differences(ours(environ, Path(root)), official.load(environ, Path(root))) == {}


class Difference(NamedTuple):
    """Where the two clients part on purpose; `WRONG` stands for an error."""

    why: str
    path: str
    theirs: object
    mine: object
    environ: Mapping[str, str] = MappingProxyType({})
    toml: str = ""
    profiles: str = ""


WRONG = "an error"
DIFFERENCES = [
    Difference(
        "no request can be done in no time", "api.request_timeout", 0.0, WRONG, {"PREFECT_API_REQUEST_TIMEOUT": "0"}
    ),
    Difference(
        "a socket takes no endless timeout", "api.request_timeout", inf, WRONG, {"PREFECT_API_REQUEST_TIMEOUT": "inf"}
    ),
    Difference("there is no such port", "client.metrics.port", 70000, WRONG, {"PREFECT_CLIENT_METRICS_PORT": "70000"}),
    Difference(
        "a page of nothing has no next one", "server.api.default_limit", 0, WRONG, {"PREFECT_API_DEFAULT_LIMIT": "0"}
    ),
    Difference("null is no headers", "client.custom_headers", {}, WRONG, {"PREFECT_CLIENT_CUSTOM_HEADERS": "null"}),
    Difference("0 is no status code", "client.retry_extra_codes", [], WRONG, {"PREFECT_CLIENT_RETRY_EXTRA_CODES": "0"}),
    Difference("true is no number", "client.max_retries", 1, WRONG, toml="client.max_retries = true"),
    Difference(
        "a group is set by no variable of its own", "api.url", "http://x", None, {"PREFECT_API": '{"url":"http://x"}'}
    ),
    Difference(
        "a list is read alike from every place",
        "client.retry_extra_codes",
        WRONG,
        [404],
        toml="client.retry_extra_codes='[404]'",
    ),
    Difference(
        "headers are merged, so each place must have good ones, also where a stronger one overrules them",
        "client.custom_headers",
        {"X-A": "1"},
        WRONG,
        {"PREFECT_CLIENT_CUSTOM_HEADERS": '{"X-A": "1"}'},
        toml="client.custom_headers.X-A = 1",
    ),
    Difference(
        "a table is as good in a profile",
        "client.custom_headers",
        WRONG,
        {"X-A": "1"},
        profiles="active = 'a'\nprofiles.a.PREFECT_CLIENT_CUSTOM_HEADERS.X-A = '1'",
    ),
    Difference(
        "case does not count in a profile either",
        "api.url",
        None,
        "http://x",
        profiles="active = 'a'\nprofiles.a.prefect_api_url = 'http://x'",
    ),
    Difference(
        "the path to the profiles is completed where they are read, not only where it is shown",
        "api.url",
        None,
        "http://x",
        {"PREFECT_PROFILES_PATH": "$PREFECT_HOME/profiles.toml"},
        profiles="active = 'a'\nprofiles.a.PREFECT_API_URL = 'http://x'",
    ),
    Difference(
        "a built-in profile is found without a file in PREFECT_HOME too",
        "api.url",
        None,
        "http://127.0.0.1:4200/api",
        {"PREFECT_PROFILE": "local"},
    ),
]


@pytest.mark.parametrize("difference", DIFFERENCES, ids=lambda difference: difference.why)
def test_differs_only_on_purpose(official: Official, tmp_path: Path, difference: Difference) -> None:
    (tmp_path / "prefect.toml").write_text(difference.toml)
    if difference.profiles:
        (tmp_path / "profiles.toml").write_text(difference.profiles)
    environ = {"PREFECT_HOME": str(tmp_path), **difference.environ}
    theirs = official.load(environ, tmp_path)
    mine = ours(environ, tmp_path)
    assert theirs.get(difference.path, WRONG) == difference.theirs
    assert mine.get(difference.path, WRONG) == difference.mine

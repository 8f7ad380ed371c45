"""Every secret x every way in which a client's life shows: none of the first is in any of the second."""

from __future__ import annotations

import copy
import io
import logging
import pickle
import pprint
import re
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from prefectkit.core.errors import PrefectKitError
from prefectkit.core.security import redaction
from prefectkit.core.security.known_secrets import KnownSecrets
from prefectkit.core.security.secrets import Secret
from prefectkit.core.settings import load_settings
from prefectkit.models.base import RedactedFields
from tests.plugins.hostile import reached
from tests.plugins.otel import Recorded
from tests.reliability.canaries import SECRETS, Remains, remains, seen_in
from tests.report import Capture, say


class Evidence:
    """What calls left behind, and what was said while they were made."""

    def __init__(self, folder: Path, remains: Remains, recorded: Recorded) -> None:
        self.folder = folder
        self.recorded = recorded
        self.errors = remains.errors
        self.flat_errors = remains.flat_errors
        self.values = remains.values
        self.clients = remains.clients
        self.watched = remains.watching.seen
        self.log = io.StringIO()
        self.printed = io.StringIO()
        self.warnings: list[warnings.WarningMessage] = []


def in_rich(things: list[Any]) -> str:
    written = io.StringIO()
    Console(file=written, width=200).print(things)
    return written.getvalue()


def logged(errors: list[BaseException]) -> str:
    written = io.StringIO()
    logger = logging.Logger("of a user")
    logger.addHandler(logging.StreamHandler(written))
    for error in errors:
        logger.error("failed: %s", error, exc_info=error)
    return written.getvalue()


def pickled(clients: list[Any]) -> str:
    """What comes of pickling clients and their methods: it is refused."""
    said: list[str] = []
    for client in clients:
        for thing in (client, client.flows, client.flows.read):
            try:
                said.append(repr(pickle.dumps(thing)))
            except PrefectKitError as error:
                said.append(str(error))
    return "\n".join(said)


def transports(clients: list[Any]) -> list[Any]:
    return [client._engine.io.transport for client in clients]


EXITS: dict[str, Callable[[Evidence], str]] = {
    "str of an error": lambda it: "\n".join(map(str, it.errors)),
    "repr of an error": lambda it: "\n".join(map(repr, it.errors)),
    "arguments of an error": lambda it: repr([error.args for error in it.errors]),
    "attributes of an error": lambda it: pprint.pformat([vars(error) for error in it.errors]),
    "a traceback": lambda it: "".join("".join(traceback.format_exception(error)) for error in it.errors),
    "a group of errors": lambda it: "".join(traceback.format_exception(BaseExceptionGroup("", it.errors))),
    "a log of the user's": lambda it: logged(it.errors),
    "a pickled error": lambda it: repr([pickle.dumps(error) for error in it.errors]),
    "a copied error": lambda it: pprint.pformat([vars(copy.deepcopy(error)) for error in it.errors]),
    "str and repr of a flat error": lambda it: "\n".join(map("{0} {0!r}".format, it.flat_errors)),
    "attributes of a flat error": lambda it: pprint.pformat([vars(error) for error in it.flat_errors]),
    "a traceback of a flat error": lambda it: "".join(
        "".join(traceback.format_exception(error)) for error in it.flat_errors
    ),
    "a pickled flat error": lambda it: repr([pickle.dumps(error) for error in it.flat_errors]),
    "a pickled client": lambda it: pickled(it.clients),
    "the log at DEBUG": lambda it: it.log.getvalue(),
    "warnings": lambda it: repr([str(each.message) for each in it.warnings]),
    "what is printed": lambda it: it.printed.getvalue(),
    "repr of a client": lambda it: repr([(client, str(client), client.plugins) for client in it.clients]),
    "repr of a transport": lambda it: repr([(each, str(each)) for each in transports(it.clients)]),
    "settings": lambda it: f"{load_settings()!r} {load_settings()} {in_rich([load_settings()])}",
    "repr of a model": lambda it: "\n".join([*map(repr, it.values), *map(str, it.values)]),
    "a model in rich and pprint": lambda it: in_rich(it.values) + pprint.pformat(it.values),
    "spans and metrics": lambda it: it.recorded.text,
    "repr of requests and responses": lambda it: repr([(each, getattr(each, "_request", None)) for each in it.watched]),
    "what a plugin can reach": lambda it: "\n".join(map(repr, reached(it.watched))),
    "recordings": lambda it: "".join(path.read_text() for path in sorted(it.folder.glob("*.jsonl"))),
}


@contextmanager
def listening(evidence: Evidence) -> Iterator[None]:
    """Keep what is logged, printed and warned of."""
    handler = logging.StreamHandler(evidence.log)
    loggers = [logging.getLogger(name) for name in ("", "prefectkit", "httpx", "httpcore")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
    # At DEBUG it shows the headers of all responses of the process, cookies among them, and knows no filter.
    loggers[-1].setLevel(logging.INFO)
    loggers[0].addHandler(handler)
    try:
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            with redirect_stdout(evidence.printed), redirect_stderr(evidence.printed):
                yield
            evidence.warnings += said
    finally:
        loggers[0].removeHandler(handler)
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


@pytest.fixture
def leaks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], set[tuple[str, str]]]:
    """Makes the calls; says which secret was seen where."""
    monkeypatch.setenv("PREFECT_CLIENT_CUSTOM_HEADERS", f'{{"X-Proxy-Key": "{SECRETS["custom header"]}"}}')
    monkeypatch.setenv("PREFECT_API_KEY", SECRETS["API key"])

    recorded = Recorded()
    recorded.provide(monkeypatch)

    def look() -> set[tuple[str, str]]:
        left = Remains()
        evidence = Evidence(tmp_path, left, recorded)
        with listening(evidence), remains(tmp_path, left):
            texts = {name: look(evidence) for name, look in EXITS.items() if name not in LAST}
        texts |= {name: EXITS[name](evidence) for name in LAST}
        assert (
            len(left.errors) > 100
            and len(left.flat_errors) > 50
            and len(left.values) > 5
            and len(left.watching.seen) > 500
        )
        assert sum(map(bool, texts.values())) >= len(EXITS) - 1
        return {(secret, name) for name, text in texts.items() for secret in seen_in(text)}

    return look


LAST = ("the log at DEBUG", "warnings", "what is printed", "recordings")
"""What is complete when the clients are closed."""


def test_no_secret_gets_out(leaks: Callable[[], set[tuple[str, str]]], capsys: Capture) -> None:
    found = leaks()
    total = len(SECRETS) * len(EXITS)
    say(capsys, f"T18 canaries: survived {total - len(found)}/{total}, {len(found)} leaks")
    assert found == set()
    assert total == 442


class Everything:
    """Contains all there is."""

    def __contains__(self, _: object) -> bool:
        return True


def test_without_redaction_they_get_out(
    leaks: Callable[[], set[tuple[str, str]]], capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    nothing = re.compile("(?!)")
    for name in ("_SECRET_HEADER", "_SECRET_ROUTE"):
        monkeypatch.setattr(redaction, name, nothing)
    monkeypatch.setattr(redaction, "_JOB_SETTINGS", re.compile(b"(?!)"))
    monkeypatch.setattr(redaction, "secret_spans", lambda text: ())
    monkeypatch.setattr(redaction, "is_secret_name", lambda name: False)
    monkeypatch.setattr(KnownSecrets, "spans", lambda secrets, text, is_cut=False: iter(()))
    monkeypatch.setattr(redaction, "SHOWN_HEADERS", Everything())
    monkeypatch.setattr(Secret, "__repr__", Secret.reveal)
    monkeypatch.setattr(RedactedFields, "__repr__", lambda model: repr(model.model_dump()))
    found = leaks()
    say(capsys, f"T18 control, without redaction: {len(found)} leaks of {len({name for name, _ in found})} secrets")
    assert len(found) > 20
    assert {"str of an error", "settings", "repr of a model", "what a plugin can reach"} <= {
        place for _, place in found
    }

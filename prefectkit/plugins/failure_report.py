"""The log message for an observer that raised: the error's message, redacted, and the line of the plugin."""

from __future__ import annotations

from collections.abc import Sequence
from traceback import walk_tb
from typing import Final

from prefectkit.core.hooks import Call
from prefectkit.core.http.messages import Request, Response
from prefectkit.core.security.redaction import redact
from prefectkit.core.security.redactor import Redactor
from prefectkit.core.security.secrets import MASK
from prefectkit.core.suggestions import nearest
from prefectkit.plugins import argument_adapters

_MOST_SHOWN: Final = 500


def place_of(error: BaseException, guard_file: str) -> str:
    """File and line of the plugin where the error was raised, or left the plugin's file for the last time.

    Args:
        error: What the hook raised.
        guard_file: The file of the guards, whose frames do not count.
    """
    own = (guard_file, argument_adapters.__file__)
    lines = [(frame.f_code.co_filename, line) for frame, line in walk_tb(error.__traceback__)]
    of_plugin = [place for place in lines if place[0] not in own] or lines
    if not of_plugin:
        return "an unknown place"
    file = of_plugin[0][0]
    return f"{file}:{[line for name, line in of_plugin if name == file][-1]}"


def safe_message(error: BaseException) -> str:
    """The redacted message of a plugin's error."""
    try:
        text = str(error)
        if isinstance(error, AttributeError) and error.name and error.obj is not None:
            near = nearest(error.name, [name for name in dir(error.obj) if not name.startswith("_")])
            text += f". Did you mean {' or '.join(map(repr, near))}?" if near else ""
        return redact(text)
    except Exception:
        return "it has no message"


def observed_message(error: BaseException, arguments: Sequence[object]) -> str:
    """The message of an observer's error in one line, without the secrets of what it observed.

    Args:
        error: What the observer raised.
        arguments: What the hook was called with: a plugin that may see secrets may quote them.
    """
    text = safe_message(error)
    is_cut = len(text) > _MOST_SHOWN
    text = text[:_MOST_SHOWN]
    response = next((argument for argument in arguments if isinstance(argument, Response)), None)
    for argument in arguments:
        request = argument.request if isinstance(argument, Call) else argument
        if isinstance(request, Request):
            redactor = Redactor.of(request, response)
            text = MASK if redactor.redacts_bodies else redactor.text(text, is_cut=is_cut)
    return " ".join(text.split())

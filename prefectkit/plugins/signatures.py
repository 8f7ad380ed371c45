"""Checks the signature of a hook: it may take only the arguments that the hook passes."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, Final

from prefectkit.core.errors import PluginError
from prefectkit.core.suggestions import nearest
from prefectkit.plugins.hookspecs import HookSpecs

HOOKS: Final = tuple(name for name in vars(HookSpecs) if not name.startswith("_"))
"""The names of all hooks, in call order."""


def check_hook(hook: str, function: Callable[..., Any], *, wraps: bool) -> None:
    """Refuse an implementation that would fail, do nothing, or get other arguments than it expects.

    Args:
        hook: The hook's name.
        function: The implementation, bound if it is a method.
        wraps: Whether it is marked as a wrapper.

    Raises:
        PluginError: It is refused. The message names the argument, and those that there are.
    """
    if wraps:
        raise _refused(hook, "wraps a hook, which hooks here do not allow: take two hooks, before and after")
    if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
        raise _refused(hook, "is async: hooks are plain functions, for both clients")
    if inspect.isgeneratorfunction(function) and hook not in ("authenticate", "redact"):
        raise _refused(hook, "is a generator, and would never run: only authenticate may be one")
    _check_arguments(hook, function)


def _check_arguments(hook: str, function: Callable[..., Any]) -> None:
    arguments = [*inspect.signature(getattr(HookSpecs, hook)).parameters][1:]
    listing = f"Its arguments are {', '.join(arguments) or 'nothing'}"
    parameters = list(inspect.signature(getattr(function, "__func__", function)).parameters.values())
    if inspect.ismethod(function):
        first = parameters.pop(0) if parameters else None
        if first is None or first.name in arguments:
            raise _refused(hook, f"lacks self: write {hook}({', '.join(['self', *arguments])}). {listing}")
    for parameter in parameters:
        if parameter.default is not parameter.empty or parameter.kind in (
            parameter.VAR_POSITIONAL,
            parameter.VAR_KEYWORD,
        ):
            continue
        if parameter.name not in arguments:
            near = nearest(parameter.name, arguments)
            hint = f" Did you mean {' or '.join(map(repr, near))}?" if near else ""
            raise _refused(hook, f"takes {parameter.name!r}, which the hook does not pass.{hint} {listing}")
        if parameter.kind is parameter.KEYWORD_ONLY:
            raise _refused(hook, f"takes {parameter.name!r} by keyword only, and hooks are called by position")


def _refused(hook: str, why: str) -> PluginError:
    return PluginError(f"its {hook} {why}", hook=hook)

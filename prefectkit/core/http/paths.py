"""Path templates: paths are built so that a parameter cannot change the route."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from urllib.parse import quote, unquote
from uuid import UUID

import msgspec

from prefectkit.core.errors import InvalidParameterError, UnaddressableNameError
from prefectkit.core.representation import instead, shown

_PARAMETER = re.compile(r"\{(\w+)(?::(uuid))?\}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_PLAIN = re.compile(r"[A-Za-z0-9_.~-]+", re.ASCII)
_LITERAL = re.compile(r"(?:[A-Za-z0-9_.~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*", re.ASCII)
# Most ids have this form, which needs no further check.
_CANONICAL = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
# `UUID()` accepts more: underscores, blanks, digits of other scripts.
_UUID = re.compile(r"(?:urn:uuid:)?\{?[0-9A-Fa-f-]+\}?", re.ASCII)


class PathTemplate:
    """A path with parameters, compiled once: `/flow_runs/{id:uuid}`, `/variables/name/{name}`.

    Attributes:
        text: The template without types, as OpenAPI writes it: `/flow_runs/{id}`.
        parameters: The names of its parameters, in order.
    """

    __slots__ = ("_names", "_parts", "parameters", "text")

    def __init__(self, template: str) -> None:
        _check_template(template)
        self.text = _PARAMETER.sub(r"{\1}", template)
        self._parts: list[tuple[str, str, bool]] = []
        end = 0
        for match in _PARAMETER.finditer(template):
            self._parts.append((template[end : match.start()], match[1], match[2] is not None))
            end = match.end()
        self._parts.append((template[end:], "", False))
        self.parameters = tuple(name for _, name, _ in self._parts[:-1])
        self._names: Set[str] = frozenset(self.parameters)

    def render(self, values: Mapping[str, object]) -> str:
        """The path with its parameters filled in and quoted.

        Raises:
            InvalidParameterError: An id is not a UUID, or a parameter is missing or unknown.
            UnaddressableNameError: A name cannot be sent safely in a URL.
        """
        if values.keys() != self._names:
            raise InvalidParameterError(
                f"the path {self.text} needs path_params for {list(self.parameters)}, got {list(values)}"
            )
        path = ""
        for literal, name, is_uuid in self._parts:
            path += literal
            if name:
                path += uuid_segment(name, values[name]) if is_uuid else name_segment(name, values[name])
        return path


def _check_template(template: str) -> None:
    """Refuse a template whose literal parts could be read differently by servers: they are sent unquoted."""
    reason = ""
    literal = _PARAMETER.sub("x", template)
    segments = literal.split("/")
    if not template.startswith("/"):
        reason = "starts with one slash, below the API's root"
    elif not _LITERAL.fullmatch(literal):
        reason = "is quoted, without a query, a fragment or braces: pass query=..., or {name} with path_params=..."
    elif "" in segments[1:-1]:
        reason = "has no empty segment"
    elif any(unquote(segment) in (".", "..") for segment in segments):
        reason = "has no dot segment: pass a name as {name} with path_params=..."
    elif any(character in unquote(segment) for segment in segments for character in "/\\"):
        reason = "has no quoted slash: pass a name as {name} with path_params=..."
    elif _CONTROL.search(unquote(literal)):
        reason = "has no control character"
    if reason:
        raise InvalidParameterError(f"{template!r} cannot be sent as a path, which {reason}")


def uuid_segment(name: str, value: object) -> str:
    """An id as a path segment.

    Raises:
        InvalidParameterError: It is not a UUID.
    """
    if type(value) is UUID:
        text: str = msgspec.to_builtins(value)  # ten times as fast as str()
        return text
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, str) and _CANONICAL.fullmatch(value):
        # A subclass of str may override methods such as `__add__`.
        return str.__str__(value)
    if isinstance(value, str) and _UUID.fullmatch(value):
        try:
            return str(UUID(value))
        except ValueError:
            pass
    advice = instead(value, "id") or ": where you have a name, read by name first"
    raise InvalidParameterError(f"{name} must be a UUID, got {shown(value)}{advice}")


def name_segment(name: str, value: object) -> str:
    """A name as a path segment, percent-encoded.

    Servers and proxies decode `%2F` before they route, and resolve dot segments, so quoting does not make a slash or
    a `..` safe: `../variables/name/x` as the name of a work pool would be a variable.
    """
    if not isinstance(value, (str, int, UUID)):
        raise InvalidParameterError(f"{name} must be text, got {shown(value)}{instead(value, 'name')}")
    text = str.__str__(value) if isinstance(value, str) else str(value)
    if _PLAIN.fullmatch(text) and text not in (".", ".."):
        return text
    if text in ("", ".", ".."):
        raise UnaddressableNameError(f"{name} {text!r} cannot stand in a URL path: use the id, or a filter")
    if "/" in text:
        raise UnaddressableNameError(f"{name} {text!r} has a slash and would be another route: use the id, or a filter")
    if _CONTROL.search(text):
        raise UnaddressableNameError(f"{name} {text!r} has a control character: use the id, or a filter")
    try:
        return quote(text, safe="")
    except UnicodeEncodeError:
        raise UnaddressableNameError(f"{name} {text!r} has a lone surrogate and is not text") from None

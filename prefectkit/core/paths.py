"""From a path template and its parameters to a path that can only mean what the template says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote
from uuid import UUID

from prefectkit.core.errors import InvalidParameterError, UnaddressableNameError

_PARAMETER = re.compile(r"\{(\w+)(?::(uuid))?\}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_PLAIN = re.compile(r"[A-Za-z0-9_.~-]+", re.ASCII)


class PathTemplate:
    """A path with parameters, compiled once: `/flow_runs/{id:uuid}`, `/variables/name/{name}`.

    Attributes:
        text: The template without types, as OpenAPI writes it: `/flow_runs/{id}`.
        parameters: The names of its parameters, in order.
    """

    __slots__ = ("_parts", "parameters", "text")

    def __init__(self, template: str) -> None:
        if not template.startswith("/") or template.startswith("//"):
            raise InvalidParameterError(f"a path starts with one slash, got {template!r}")
        self.text = _PARAMETER.sub(r"{\1}", template)
        self._parts: list[tuple[str, str, bool]] = []
        end = 0
        for match in _PARAMETER.finditer(template):
            self._parts.append((template[end : match.start()], match[1], match[2] is not None))
            end = match.end()
        self._parts.append((template[end:], "", False))
        self.parameters = tuple(name for _, name, _ in self._parts[:-1])

    def render(self, values: Mapping[str, object]) -> str:
        """The path with its parameters filled in and quoted.

        Raises:
            InvalidParameterError: An id that is no UUID, or a parameter too many or too few.
            UnaddressableNameError: A name that a URL cannot carry without risk.
        """
        if values.keys() != set(self.parameters):
            raise InvalidParameterError(f"{self.text} takes {list(self.parameters)}, got {list(values)}")
        path = ""
        for literal, name, is_uuid in self._parts:
            path += literal
            if name:
                path += uuid_segment(name, values[name]) if is_uuid else name_segment(name, values[name])
        return path


def uuid_segment(name: str, value: object) -> str:
    """An id as it stands in a path."""
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, str):
        try:
            return str(UUID(value))
        except ValueError:
            pass
    raise InvalidParameterError(
        f"{name} must be a UUID, got {value!r}: where you have a name, read by name first"
    )


def name_segment(name: str, value: object) -> str:
    """A name as it stands in a path, quoted.

    Servers and proxies decode `%2F` before they route, and resolve dot segments, so quoting does not make a slash or
    a `..` safe: `../variables/name/x` as the name of a work pool would be a variable.
    """
    text = str(value)
    if _PLAIN.fullmatch(text) and text not in (".", ".."):
        return text
    if text in ("", ".", ".."):
        raise UnaddressableNameError(f"{name} {text!r} cannot stand in a URL path: use the id, or a filter")
    if "/" in text:
        raise UnaddressableNameError(
            f"{name} {text!r} has a slash and would be another route: use the id, or a filter"
        )
    if _CONTROL.search(text):
        raise UnaddressableNameError(f"{name} {text!r} has a control character: use the id, or a filter")
    try:
        return quote(text, safe="")
    except UnicodeEncodeError:
        raise UnaddressableNameError(f"{name} {text!r} has a lone surrogate and is not text") from None

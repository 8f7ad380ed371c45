"""Suggestions for unknown names: the most similar names, and the terms of other SDKs."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import wraps
from typing import TYPE_CHECKING, Any, Final, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

MOST: Final = 3
"""How many names are suggested at most."""

LONG: Final = 200
"""How many characters of names are listed at most besides a suggestion."""

LISTED: Final = 50
"""If no name is similar, all names are listed if there are at most this many."""

# A term of another SDK, and ours for it, best first. Names that do not exist in the given context are left out.
_WORDS: Final = {
    "add": "create",
    "after": "since",
    "all": "list iterate",
    "args": "parameters",
    "arguments": "parameters",
    "attempts": "max_attempts",
    "auth": "auth_string api_key",
    "base_url": "api",
    "before": "until",
    "block": "block_documents block_types",
    "blocks": "block_documents block_types",
    "cancel": "set_state",
    "cert": "httpx_settings",
    "change": "update",
    "concurrency": "in_flight",
    "content": "body",
    "data": "body",
    "delay": "scheduled_time",
    "destroy": "delete",
    "each": "iterate",
    "edit": "update",
    "end": "until",
    "endpoint": "api",
    "exists": "read count",
    "fetch": "read",
    "filter": "list iterate",
    "find": "read list",
    "finish": "set_state",
    "get": "read request",
    "headers": "with_options httpx_settings",
    "host": "api",
    "http2": "httpx_settings",
    "inputs": "parameters",
    "insert": "create",
    "interval": "schedules",
    "json": "body",
    "key": "api_key",
    "kind": "type",
    "length": "count",
    "load": "read",
    "ls": "list",
    "make": "create",
    "max_retries": "max_attempts",
    "max_workers": "in_flight",
    "modify": "update",
    "msg": "message",
    "new": "create",
    "order": "sort",
    "order_by": "sort",
    "page": "offset limit",
    "page_size": "limit",
    "params": "parameters query",
    "patch": "update request",
    "payload": "body",
    "per_page": "limit",
    "post": "create request",
    "proxy": "httpx_settings",
    "put": "update request",
    "query": "list iterate",
    "remove": "delete",
    "retries": "max_attempts",
    "retrieve": "read",
    "retry": "set_state max_attempts",
    "run": "create_flow_run",
    "save": "create update",
    "scan": "iterate",
    "search": "list iterate",
    "scheduled_time": "state",
    "secrets": "block_documents",
    "server": "api",
    "set": "create update",
    "show": "read",
    "size": "count limit",
    "skip": "offset",
    "start": "create since",
    "status": "state",
    "stop": "set_state",
    "submit": "create",
    "tasks": "task_runs",
    "text": "message",
    "threads": "in_flight",
    "time": "scheduled_time",
    "token": "api_key",
    "total": "count",
    "trigger": "create_flow_run",
    "url": "api",
    "verify": "httpx_settings",
    "workers": "in_flight",
}


_CRUD: Final = frozenset({"count", "create", "delete", "read", "update"})


def nearest(name: str, known: Iterable[str]) -> list[str]:
    """The names that were probably meant, best first."""
    names = list(known)
    searches = (_same_stem, _translated, _containing, _similar)
    return next((found[:MOST] for search in searches if (found := search(name, names))), list[str]())


def close_matches(name: str, known: Iterable[str], *, cutoff: float = 0.8) -> list[str]:
    """The names of a similar spelling, best first. Upper and lower case, spaces, `_` and `-` make no difference.

    Args:
        name: A name that may be misspelt.
        known: The names that exist.
        cutoff: How similar they must be, from 0 to 1.
    """
    # Imported lazily: it takes long, and only a misspelt name needs it.
    from difflib import get_close_matches

    by_spelling = {_letters(known_name): known_name for known_name in known}
    matches = get_close_matches(_letters(name), by_spelling, n=MOST, cutoff=cutoff)
    return [by_spelling[match] for match in matches]


def did_you_mean(name: str, known: Collection[str]) -> str:
    """The end of a message about an unknown name; empty if nothing can be suggested."""
    if near := nearest(name, known):
        return f". Did you mean {' or '.join(map(repr, near))}?"
    return f". There are {', '.join(known)}" if 0 < len(known) <= LISTED else ""


def unexpected(owner: str, name: str, known: Collection[str]) -> TypeError:
    """The error for a keyword that a function or a class does not take."""
    near = nearest(name, known)
    suggestion = f". Did you mean {' or '.join(map(repr, near))}?" if near else "."
    names = ", ".join(known)
    takes = f" It takes {names}" if len(names) <= LONG or not near else ""
    return TypeError(f"{owner}(): unexpected keyword argument {name!r}{suggestion}{takes}")


def unknown_attribute(value: object, name: str) -> AttributeError:
    """The error for an attribute that an object does not have."""
    text = f"{type(value).__name__!r} object has no attribute {name!r}"
    if not name.startswith("_"):
        known = [attribute for attribute in dir(value) if not attribute.startswith("_")]
        text += _method_of(name, known) or did_you_mean(name, known)
    # The interpreter adds a suggestion of its own if the error has `obj`, which it sets if there is no name.
    return AttributeError(text, name=name)


class Suggesting:
    """A mixin: an unknown attribute raises AttributeError with the nearest names."""

    if not TYPE_CHECKING:
        # With it a type checker would accept every name.
        def __getattr__(self, name: str) -> Any:
            if hasattr(type(self), name):
                # A property exists and raised AttributeError itself: let it raise that again.
                return object.__getattribute__(self, name)
            raise unknown_attribute(self, name)


def explained(function: Callable[P, T]) -> Callable[P, T]:
    """A decorator: a call with an unknown keyword raises TypeError with the most similar keywords."""

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return function(*args, **kwargs)
        except TypeError:
            explain(function, kwargs)
            raise

    return call


def explain(function: Callable[..., Any], kwargs: Mapping[str, Any]) -> None:
    """Raise TypeError for the first keyword that the function does not take, if there is one."""
    parameters = inspect.signature(function).parameters.values()
    known = [item.name for item in parameters if item.kind in (item.POSITIONAL_OR_KEYWORD, item.KEYWORD_ONLY)]
    unknown = [name for name in kwargs if name not in known]
    if unknown and not any(item.kind is item.VAR_KEYWORD for item in parameters):
        owner = function.__qualname__.removesuffix(".__init__").rpartition(".")[2]
        raise unexpected(owner, unknown[0], [name for name in known if name != "self"]) from None


def _same_stem(name: str, known: list[str]) -> list[str]:
    return [item for item in known if _stem(item) == _stem(name)]


def _translated(name: str, known: list[str]) -> list[str]:
    """Our terms for the whole name, for its first part (`get_by_name`), or after a read (`by_name`)."""
    verb, _, rest = name.partition("_")
    words = [f"{word}_{rest}" for word in (*_WORDS.get(verb, "").split(), "read")]
    words = [*_WORDS.get(name.lower(), "").split(), *words, f"read_{name}"]
    return [word for word in dict.fromkeys(words) if word in known]


def _containing(name: str, known: list[str]) -> list[str]:
    """The names with all its parts, the shortest first: `work_pools` for `pools`, `flow_run_id` for `id`."""
    parts = _parts(name)
    return sorted((item for item in known if parts <= _parts(item)), key=lambda item: item.count("_"))


def _similar(name: str, known: list[str]) -> list[str]:
    return (
        close_matches(name, known)
        or close_matches(name, known, cutoff=0.6)
        or [item for item in known if name.startswith(f"{item}_")]
    )


def _method_of(name: str, known: Collection[str]) -> str:
    """The end of the message for a flat name on a client: `read_flow_run` is `flow_runs.read`."""
    verb, _, noun = name.partition("_")
    method = verb if verb in _CRUD else _WORDS.get(verb, "").split(" ")[0]
    group = next((item for item in known if noun and _stem(item) == _stem(noun)), "")
    if not group or method not in _CRUD or verb == "set":
        return ""
    method = "list" if method == "read" and noun == group else method
    return f". Did you mean '{group}.{method}'? The flat names are those of a client of prefectkit.compat"


def _letters(name: str) -> str:
    return "".join(filter(str.isalnum, name)).casefold()


def _parts(name: str) -> set[str]:
    return {_stem(part) for part in name.split("_")}


def _stem(name: str) -> str:
    """A name without capitals, underscores, the plural, and the `_filter` of the flat methods."""
    return name.lower().removesuffix("_filter").replace("_", "").removesuffix("s")

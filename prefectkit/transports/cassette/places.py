"""Where secrets stand: by route, by the name of a field, and by the look of a text."""

from __future__ import annotations

import re

from prefectkit.core.redaction import added_patterns
from prefectkit.transports.cassette.records import JSON
from prefectkit.transports.cassette.vault import LEAST, PLACEHOLDER, Vault

_NAME = (
    r"(?:passw|passphrase|secret|token|api[-_]?key|credential|auth[-_]?string|authorization"
    r"|private[-_]?key|access[-_]?key|connection[-_](?:url|string)|cookie)"
)
_SECRET_NAME = re.compile(_NAME, re.IGNORECASE)
_PUBLIC_NAMES = frozenset({"secret_fields", "include_secrets", "page_token", "page-token", "next_page_token"})

_ROUTES = (
    (re.compile(r"/block_documents(/|$)"), frozenset({"data"})),
    (re.compile(r"^/variables(/|$)"), frozenset({"value"})),
    (re.compile(r"^/admin/settings(/|$)"), frozenset({"key"})),
)
_JOB_SETTINGS = frozenset({"base_job_template", "job_variables", "infra_overrides"})

_SCHEMA_WORDS = frozenset({"title", "type", "description", "format", "$ref", "required"})
_TEMPLATE = re.compile(r"\{\{[^{}]*\}\}")

# Names are bounded, or a long text could hold the search up.
_QUOTED_NAME = rf"[^\"'\\]{{0,64}}{_NAME}[^\"'\\]{{0,64}}"
_IN_TEXT = re.compile(
    r"\b(?:bearer|basic)\s+([\w.~+/=-]{16,})"  # an Authorization value
    r"|(\bpn[ub]_\w+)"  # a key of Prefect Cloud
    r"|://([^/@\s]+)@"  # user and password of a URL
    rf"|(?<![\w.-])(?!page[-_]token)[\w.-]{{0,64}}{_NAME}[\w.-]{{0,64}}=([^&\s;,\"'<>]+)"  # a query, a form
    rf'|"{_QUOTED_NAME}"\s*:\s*"((?:[^"\\]|\\.)+)'  # JSON
    rf"|'{_QUOTED_NAME}'\s*:\s*'((?:[^'\\]|\\.)+)"  # the repr of a dictionary
    rf'|\\"{_QUOTED_NAME}\\"\s*:\s*\\"((?:[^"\\]|\\[^"])+)',  # JSON in JSON
    re.IGNORECASE,
)


class Places:
    """Puts placeholders where one route carries secrets.

    Attributes:
        found: The texts that it replaced.
    """

    def __init__(self, vault: Vault, path: str) -> None:
        self.found: set[str] = set()
        self._vault = vault
        self._names = frozenset[str]().union(*(names for route, names in _ROUTES if route.search(path)))

    def hide(self, value: JSON, in_job_settings: bool = False) -> JSON:
        """The value with placeholders for the secrets in it."""
        match value:
            case dict():
                return {name: self._member(name, item, in_job_settings) for name, item in value.items()}
            case list():
                return [self.hide(item, in_job_settings) for item in value]
            case str():
                return self.hide_in_text(value)
            case _:
                return value

    def hide_field(self, name: str, text: str) -> str:
        """The value of a query parameter with placeholders."""
        return self._blank_text(text, is_secret_name(name)) if self._is_secret(name, False) else self.hide_in_text(text)

    def hide_in_text(self, text: str) -> str:
        """The text with placeholders for what looks like a secret."""
        pieces: list[str] = []
        end = 0
        for match in _IN_TEXT.finditer(text):
            start, stop = match.span(match.lastindex or 0)
            pieces += [text[end:start], self._blank_text(text[start:stop], False)]
            end = stop
        text = "".join([*pieces, text[end:]])
        for pattern in added_patterns():
            text = pattern.sub(lambda match: self._blank_text(match[0], False), text)
        return text

    def hide_broken(self, text: str) -> str:
        """A body that is no JSON. Where it was to be JSON with secrets, all of it is one."""
        if self._names and text.lstrip()[:1] in ("{", "["):
            return self._blank_text(text, False)
        return self.hide_in_text(text)

    def _member(self, name: str, item: JSON, in_job_settings: bool) -> JSON:
        if name == "properties" and isinstance(item, dict):
            # A JSON schema: what stands below describes fields of these names.
            return {
                field: self._schema(schema)
                if isinstance(schema, dict) and self._is_secret(field, in_job_settings)
                else self._member(field, schema, in_job_settings)
                for field, schema in item.items()
            }
        if self._is_secret(name, in_job_settings):
            return self._blank(item, is_secret_name(name))
        return self.hide(item, in_job_settings or name in _JOB_SETTINGS)

    def _is_secret(self, name: str, in_job_settings: bool) -> bool:
        return name in self._names or (in_job_settings and name == "env") or is_secret_name(name)

    def _schema(self, schema: JSON) -> JSON:
        """The schema of a secret field: defaults and examples are secrets, the words of the schema are not."""
        match schema:
            case dict():
                return {
                    word: item if word in _SCHEMA_WORDS and not isinstance(item, dict) else self._schema(item)
                    for word, item in schema.items()
                }
            case list():
                return [self._schema(item) for item in schema]
            case _:
                return self._blank(schema, False)

    def _blank(self, value: JSON, named: bool) -> JSON:
        """Every text and number within replaced; the shape, null, true and false stay."""
        match value:
            case dict():
                return {name: self._blank(item, named) for name, item in value.items()}
            case list():
                return [self._blank(item, named) for item in value]
            case str():
                return self._blank_text(value, named)
            case None | bool():
                return value
            case _:
                return self._vault.placeholder(value)

    def _blank_text(self, text: str, named: bool) -> str:
        # A Jinja reference such as `{{ env }}` only names a value, and asterisks are the server's own placeholder.
        if not text.strip("*") or PLACEHOLDER.fullmatch(text) or _TEMPLATE.fullmatch(text):
            return text
        if named:
            self._vault.hold(text)
        if len(text) >= LEAST:
            self.found.add(text)
        return self._vault.placeholder(text)


def is_secret_name(name: str) -> bool:
    """Whether a field, parameter or header of this name holds a secret."""
    return _SECRET_NAME.search(name) is not None and name not in _PUBLIC_NAMES

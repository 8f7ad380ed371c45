"""Secret detectors: by route, by field name, and by the pattern of the text."""

from __future__ import annotations

import re

from prefectkit.core.security.redaction import JOB_SETTINGS, is_secret_field, secret_fields, spans
from prefectkit.core.security.secret_names import is_secret_name, is_secret_parameter
from prefectkit.core.security.secret_patterns import replace_spans
from prefectkit.transports.cassette.records import JSON
from prefectkit.transports.cassette.secret_registry import MIN_LENGTH, SECRET_PLACEHOLDER, SecretRegistry

_SCHEMA_WORDS = frozenset({"title", "type", "description", "format", "$ref", "required"})
_TEMPLATE = re.compile(r"\{\{[^{}]*\}\}")


class Detectors:
    """Detects the secrets in the requests and responses of one route, and replaces them with placeholders.

    Attributes:
        found: The texts that were replaced.
    """

    def __init__(self, registry: SecretRegistry, path: str) -> None:
        self.found: set[str] = set()
        self._registry = registry
        self._names = secret_fields(path)

    def redact(self, value: JSON, in_job_settings: bool = False) -> JSON:
        """The value with placeholders in place of its secrets."""
        match value:
            case dict():
                return {name: self._member(name, item, in_job_settings) for name, item in value.items()}
            case list():
                return [self.redact(item, in_job_settings) for item in value]
            case str():
                return self.redact_text(value)
            case _:
                return value

    def redact_field(self, name: str, text: str) -> str:
        """The value of a query parameter with placeholders in place of its secrets."""
        named = is_secret_parameter(name)
        return self._blank_text(text, named) if named or name in self._names else self.redact_text(text)

    def redact_text(self, text: str) -> str:
        """The text with placeholders in place of what matches a pattern of secrets."""
        return replace_spans(text, spans(text), lambda secret: self._blank_text(secret, False))

    def redact_invalid_json(self, text: str) -> str:
        """A body that cannot be decoded as JSON. If the route expects JSON with secrets, all of it is one secret."""
        if self._names and text.lstrip()[:1] in ("{", "["):
            return self._blank_text(text, False)
        return self.redact_text(text)

    def _member(self, name: str, item: JSON, in_job_settings: bool) -> JSON:
        if name == "properties" and isinstance(item, dict):
            # A JSON schema: the members describe fields of these names.
            return {
                field: self._schema(schema)
                if isinstance(schema, dict) and self._is_secret(field, in_job_settings)
                else self._member(field, schema, in_job_settings)
                for field, schema in item.items()
            }
        if self._is_secret(name, in_job_settings):
            return self._blank(item, is_secret_name(name))
        return self.redact(item, in_job_settings or name in JOB_SETTINGS)

    def _is_secret(self, name: str, in_job_settings: bool) -> bool:
        return is_secret_field(name, self._names, in_job=in_job_settings)

    def _schema(self, schema: JSON) -> JSON:
        """The schema of a secret field: its defaults and examples are secrets, its keywords are not."""
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
                return {self._blank_name(name): self._blank(item, named) for name, item in value.items()}
            case list():
                return [self._blank(item, named) for item in value]
            case str():
                return self._blank_text(value, named)
            case None | bool():
                return value
            case _:
                return self._registry.placeholder(value)

    def _blank_name(self, name: str) -> str:
        # A block's fields have identifiers as names; the keys of a user's mapping may be any text.
        return name if name.isidentifier() else self._blank_text(name, False)

    def _blank_text(self, text: str, named: bool) -> str:
        # A Jinja reference such as `{{ env }}` contains no value, and asterisks are the server's own redaction.
        if not text.strip("*") or SECRET_PLACEHOLDER.fullmatch(text) or _TEMPLATE.fullmatch(text):
            return text
        if named:
            self._registry.register(text)
        if len(text) >= MIN_LENGTH:
            self.found.add(text)
        return self._registry.placeholder(text)

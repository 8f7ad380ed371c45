"""Secret names: the names of fields, parameters and variables whose values are redacted."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")

_WORDS = frozenset({
    "authorization", "bearer", "cookie", "cookies", "cred", "credential", "credentials", "creds", "jwt", "otp",
    "passcode", "passkey", "pwd", "secrets", "totp",
})  # fmt: skip
# Endings of words and of compounds without a separator: `dbtoken`. `passw` is a secret anywhere in a word.
_ENDS = ("passphrase", "secret", "token")
# `pass_rate` and `auth_url` are no secrets, `smtp_pass` and `basic_auth` are.
_LAST = frozenset({"auth", "pass", "pin", "sig", "signature"})
_KEYS_OF = frozenset({
    "access", "account", "api", "auth", "client", "consumer", "decryption", "deploy", "encryption", "function",
    "license", "master", "private", "secret", "service", "session", "shared", "signing", "ssh", "storage",
    "subscription", "webhook",
})  # fmt: skip
_TOKENS_OF = frozenset({"access", "api", "auth", "refresh", "service", "session"})
_PAIRS = frozenset({
    ("auth", "string"), ("conn", "str"), ("conn", "string"), ("connection", "str"), ("connection", "string"),
    ("connection", "uri"), ("connection", "url"),
})  # fmt: skip
# Properties of a secret: `token_count`, `password_policy`.
_ABOUT = frozenset({"count", "counts", "expiration", "expires", "length", "limit", "limits", "policy", "size", "ttl"})
# Names in the API that are not secret.
_PUBLIC = frozenset({("secret", "fields"), ("include", "secrets"), ("page", "token"), ("next", "page", "token")})


@lru_cache(maxsize=4096)
def is_secret_name(name: str) -> bool:
    """Whether a value of this name is a secret: `password`, `DB_PASSWORD`, `authKey`; not `max_tokens`.

    Names are compared word by word, in snake, camel and kebab case.
    """
    words = tuple(word.lower() for word in _WORD.findall(name))
    if not words or words in _PUBLIC:
        return False
    pairs = list(pairwise(words))
    if any(pair in _PAIRS or _is_key(*pair) for pair in pairs):
        return True
    if words[-1] in _ABOUT:
        return False
    return words[-1] in _LAST or words == ("tokens",) or any(map(_is_secret_word, words))


def is_secret_parameter(name: str) -> bool:
    """Whether a parameter of this name in the query of a URL is a secret. There, `key` is secret as well."""
    return name.lower() == "key" or is_secret_name(name)


def _is_secret_word(word: str) -> bool:
    if word in _WORDS or "passw" in word or word.endswith(_ENDS):
        return True
    return word.endswith("key") and word[: -len("key")] in _KEYS_OF


def _is_key(owner: str, word: str) -> bool:
    return (word in ("key", "keys") and owner in _KEYS_OF) or (word == "tokens" and owner in _TOKENS_OF)

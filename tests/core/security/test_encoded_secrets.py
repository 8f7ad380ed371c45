"""A secret that was sent is found in whatever encodings of it a server repeats, one within another, and cut as well."""

from __future__ import annotations

import base64
import json
import pickle
import textwrap
from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from prefectkit import Prefect
from prefectkit.core.errors import CallError, ResponseDecodeError, StatusError
from prefectkit.core.http.messages import Request, Response
from prefectkit.core.security.error_redaction import redact_error
from prefectkit.core.security.known_secrets import KnownSecrets
from prefectkit.core.security.redaction import redact_response_headers
from prefectkit.core.security.redactor import Redactor
from prefectkit.core.security.secret_patterns import replace_spans
from prefectkit.plugins.testing import FakeServer

KEY = "Zx9Kq2Lm8Vb4Nc7Wp3Rt"
LOGIN = "admin:pässwörd-€uro😀"
HEADER = "Tenant-77413+abc/d"


def units(text: str) -> list[str]:
    data = text.encode("utf-16-be")
    return [data[at : at + 2].hex() for at in range(0, len(data), 2)]


ENCODERS: dict[str, Callable[[str], str]] = {
    "percent": lambda text: "".join(f"%{byte:02X}" for byte in text.encode()),
    "percent in lower case": lambda text: "".join(f"%{byte:02x}" for byte in text.encode()),
    "quoted": lambda text: quote(text, safe=""),
    "escapes of JSON": lambda text: "".join(f"\\u{unit}" for unit in units(text)),
    "ESCAPES OF JSON": lambda text: "".join(f"\\u{unit.upper()}" for unit in units(text)),
    "escapes of Python": lambda text: "".join(f"\\x{byte:02x}" for byte in text.encode()),
    "JSON": json.dumps,
    "decimal entities": lambda text: "".join(f"&#{ord(char)};" for char in text),
    "hexadecimal entities": lambda text: "".join(f"&#x{ord(char):x};" for char in text),
    "UTF-16-LE": lambda text: text.encode("utf-16-le").decode("latin-1"),
    "UTF-16-BE": lambda text: text.encode("utf-16-be").decode("latin-1"),
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64 for URLs": lambda text: base64.urlsafe_b64encode(text.encode()).decode(),
    "base64 in lines": lambda text: "\n".join(textwrap.wrap(base64.b64encode(text.encode()).decode(), 8)),
    "hexadecimal": lambda text: text.encode().hex(),
}  # fmt: skip
ONE_BY_ONE: tuple[Callable[[str], str], ...] = (
    str,
    ENCODERS["percent"],
    ENCODERS["percent in lower case"],
    ENCODERS["escapes of JSON"],
    ENCODERS["decimal entities"],
    ENCODERS["hexadecimal entities"],
)
composed = st.lists(st.sampled_from(sorted(ENCODERS.keys() - {"base64 in lines"})), min_size=1, max_size=3)


def known(*secrets: str) -> KnownSecrets:
    found = KnownSecrets()
    for secret in secrets:
        found.add(secret, halves=secret != HEADER)
    return found


def shown(text: str, secret: str, *, is_cut: bool = False) -> str:
    return replace_spans(text, known(secret).spans(text, is_cut=is_cut), lambda _: "#")


@pytest.mark.parametrize("encode", ENCODERS.values(), ids=ENCODERS)
@pytest.mark.parametrize("secret", [KEY, LOGIN, HEADER])
def test_each_encoding_is_found_and_nothing_beside_it(secret: str, encode: Callable[[str], str]) -> None:
    assert shown(f"it was <{encode(secret)}> so", secret).replace('"', "") == "it was <#> so"


@given(st.sampled_from([KEY, LOGIN, HEADER]), composed, st.booleans())
@example(KEY, ["base64", "base64", "base64"], False)
@example(KEY, ["UTF-16-BE", "base64", "percent"], False)
@example(LOGIN, ["JSON", "JSON", "JSON"], False)
@settings(deadline=None)
def test_encodings_within_each_other_are_found(secret: str, names: list[str], in_lines: bool) -> None:
    text = secret
    for name in names:
        text = ENCODERS[name](text)
        # UTF-16 that is read as latin-1 and encoded as UTF-8 is not what a server sends.
        assume(text.isascii() or name == names[-1])
    if in_lines and names[-1] == "base64":
        text = "\n".join(textwrap.wrap(text, 16))
    assert text not in shown(f"it was <{text}> so", secret)


@given(st.data(), st.sampled_from([KEY, LOGIN, HEADER]))
@settings(deadline=None)
def test_each_character_may_be_encoded_in_another_way(data: st.DataObject, secret: str) -> None:
    pieces = [data.draw(st.sampled_from(ONE_BY_ONE))(char) for char in secret]
    assert shown(f"<{''.join(pieces)}>", secret) == "<#>"


@given(
    st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=6, max_size=30), st.sampled_from(ONE_BY_ONE[1:])
)
@settings(deadline=None)
def test_any_secret_is_found_in_any_of_them(secret: str, encode: Callable[[str], str]) -> None:
    assert shown(f"<{encode(secret)}>", secret) == "<#>"


@pytest.mark.parametrize("encode", [str, *ENCODERS.values()], ids=["as it is", *ENCODERS])
@pytest.mark.parametrize("secret", [KEY, LOGIN, HEADER])
def test_a_secret_that_the_end_of_a_text_cuts_is_found(secret: str, encode: Callable[[str], str]) -> None:
    encoded = encode(secret)
    for length in range(1, len(encoded)):
        text = f"it was {encoded[:length]}"
        left = shown(text, secret, is_cut=True).removeprefix("it was ").removesuffix("#")
        # What is left is as good as nothing: not four characters of the secret, or of its base64.
        assert len(left) < max(len(encode(secret[:4])), 8), (text, left)


def test_an_end_that_is_not_cut_stays() -> None:
    assert shown("it was Zx9K", KEY) == "it was Zx9K"
    assert shown("it was Zx9K", KEY, is_cut=True) == "it was #"
    assert shown("it was Zx9, Zx9K or so", KEY, is_cut=True) == "it was Zx9, Zx9K or so"
    assert shown("ZxZx9KZx9K", KEY, is_cut=True) == "ZxZx9K#"


def test_binary_data_is_not_read_as_text() -> None:
    data = bytes(range(256)) * 4
    text = base64.b64encode(data + ENCODERS["percent"](KEY).encode()).decode()
    assert shown(text, KEY) == text
    assert shown(base64.b64encode(data + KEY.encode()).decode(), KEY) == "#"


def test_a_secret_of_escapes_is_not_taken_for_what_is_left_of_it() -> None:
    assert shown("ab ABCD xABCDx", "\n\n\n\nab") == "ab ABCD xABCDx"
    assert shown("ab ABCD xABCDx", "%41%42%43%44") == "ab # xABCDx"
    assert shown("it was c:\\new\\table or c:\\\\new\\\\table", "c:\\new\\table") == "it was # or #"


def test_the_name_of_a_header_is_redacted() -> None:
    secrets = known(KEY, HEADER)
    encoded = ENCODERS["percent"](KEY).lower()
    headers = {f"x-{KEY.lower()}": "1", "date": "today", f"a-{encoded}": KEY, "x-b": "fine"}
    seen = redact_response_headers(headers, secrets)
    assert seen == {"x-********": "1", "date": "today", "a-********": "********", "x-b": "fine"}
    seen = redact_response_headers({f"set-{HEADER.lower()}-cookie": "1"}, secrets)
    assert seen == {"set-********-cookie": "<redacted>"}


# Errors


def traces(error: BaseException) -> str:
    """All that a person, a log or a queue sees of an error."""
    seen = "".join(map(str, (error, repr(error), error.args)))
    seen += repr({name: value for name, value in vars(error).items() if name != "response"})
    restored = pickle.loads(pickle.dumps(error))
    seen += repr(vars(restored)) + str(restored)
    if isinstance(restored, StatusError):
        seen += repr(restored.response.headers) + restored.response.body.decode("latin-1")
    return seen.lower()


def failure(respond: Callable[[str], Response], text: str) -> CallError:
    fake = FakeServer({("GET", "/flows/"): respond(text)})
    with Prefect(fake.url, transport=fake.transport, api_key=KEY, max_attempts=1) as client:
        client = client.with_options(headers={"x-tenant": HEADER})
        with pytest.raises(CallError) as caught:
            client.request("GET", "/flows/", check=True).json()
    return caught.value


def in_one_line(text: str) -> str:
    return "".join(text.split())


PLACES: dict[str, Callable[[str], Response]] = {
    "text": lambda text: Response(400, {"content-type": "text/plain"}, text.encode()),
    "latin-1": lambda text: Response(400, {"content-type": "text/plain"}, text.encode("latin-1", "replace")),
    "detail": lambda text: Response(422, {}, json.dumps({"detail": text}).encode()),
    "a field": lambda text: Response(
        422, {}, json.dumps({"detail": [{"loc": ["body", text], "msg": text, "type": text}]}).encode()
    ),
    "a header": lambda text: Response(400, {"x-echo": in_one_line(text)}),
    "a name of a header": lambda text: Response(400, {f"x-{in_one_line(text).lower()}": "1"}),
    "a request id": lambda text: Response(400, {"x-request-id": in_one_line(text)}),
    "a content type": lambda text: Response(400, {"content-type": f"text/{in_one_line(text)}"}, b"?"),
    "a location": lambda text: Response(307, {"location": f"https://{in_one_line(text)}/x"}),
}


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
@pytest.mark.parametrize("encode", [str, *ENCODERS.values()], ids=["as it is", *ENCODERS])
@pytest.mark.parametrize("secret", [KEY, HEADER])
def test_no_error_shows_it(secret: str, encode: Callable[[str], str], place: Callable[[str], Response]) -> None:
    text = encode(secret)
    if place is PLACES["a name of a header"] and encode(secret.lower()) == encode(secret):
        return
    seen = traces(failure(place, text))
    assert text.lower() not in seen and repr(text)[1:-1].lower() not in seen
    assert json.dumps(text)[1:-1].lower() not in seen


@pytest.mark.parametrize("encode", [str, *ENCODERS.values()], ids=["as it is", *ENCODERS])
def test_no_excerpt_shows_a_part_of_it(encode: Callable[[str], str]) -> None:
    request = Request("GET", "http://h/api", "/flows/", headers={"x-tenant": HEADER})
    for padding in range(150, 201, 7):
        body = f"{'x' * padding} {encode(HEADER)} {encode(HEADER)}"
        error = ResponseDecodeError("odd", excerpt=body[:200])
        redact_error(error, Redactor.of(request))
        assert error.excerpt.removeprefix("x" * padding).replace("*", "").strip(' "\\\n') in encode(HEADER[:4])[:-1]


def test_no_part_of_it_is_shown_where_a_long_text_is_cut() -> None:
    for encode in (str, ENCODERS["percent"], ENCODERS["escapes of JSON"]):
        for padding in range(0, 120, 7):
            body = "-" * padding + encode(HEADER) * 2_000
            said = str(failure(PLACES["text"], body)).rpartition("/flows/: ")[2]
            assert said.startswith("-" * padding + "****")
            assert len(said.strip("-*")) < len(encode(HEADER[:4]))

"""What a transport can be made with, and what it refuses."""

from __future__ import annotations

import ssl
from typing import Any

import certifi
import httpx
import pytest

from prefectkit.core.errors import ConfigError, ConnectError
from prefectkit.core.http.messages import Request
from prefectkit.core.settings import Settings
from prefectkit.transports.http import HTTPSettings, HTTPTransport, options
from prefectkit.transports.http.options import Options, resolve
from prefectkit.transports.wire import tls
from tests.faults import closed_port
from tests.transports.http_senders import ALL_KINDS, Send, clear_proxies, run

URL = "http://127.0.0.1:4200/api"
SECURE = "https://prefect.example/api"


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    clear_proxies(monkeypatch)


def made(url: str = URL, settings: HTTPSettings | None = None, **httpx_settings: Any) -> Options:
    return resolve(url, httpx_settings, settings, required_method="handle_request")


def test_the_keys_are_those_of_httpx() -> None:
    import inspect

    known = set(inspect.signature(httpx.Client).parameters)
    assert known - {"base_url"} == options.KNOWN_KEYS


def test_an_unknown_key_is_named() -> None:
    with pytest.raises(ConfigError, match=r"unknown key 'proxies'; known are auth, .*trust_env"):
        made(proxies={})


@pytest.mark.parametrize("key", ["app", "base_url"])
def test_the_server_is_given_elsewhere(key: str) -> None:
    with pytest.raises(ConfigError, match=f"{key}.*api="):
        made(**{key: None})


def test_the_callers_settings_stay_as_they_are() -> None:
    headers = {"x-mine": "1"}
    given = {"headers": headers, "verify": False, "mounts": {}}
    HTTPTransport(base_url=URL, httpx_settings=given).close()
    assert given == {"headers": headers, "verify": False, "mounts": {}}
    assert headers == {"x-mine": "1"}


def test_defaults() -> None:
    options = made()
    assert options.limits == (16, 8, 4)
    assert options.max_body_bytes == 64 << 20
    assert options.steps == {}
    assert options.uses_own_pool and options.proxy is None and options.http1 and not options.http2


@pytest.mark.parametrize(
    ("url", "expiry"),
    [("https://api.prefect.cloud/api", 25), ("https://prefect.cloud", 25), ("https://notprefect.cloud", 4), (URL, 4)],
)
def test_idle_connections_are_kept_longer_for_cloud(url: str, expiry: float) -> None:
    assert made(url).limits.keepalive_expiry == expiry
    assert made(url, HTTPSettings(keepalive_expiry=1)).limits.keepalive_expiry == 1


def test_httpx_settings_go_first() -> None:
    settings = HTTPSettings(verify=True, ca_file="ca.pem")
    options = made(SECURE, settings, limits=httpx.Limits(max_connections=3), timeout=2.5, verify=False, http1=False)
    assert options.limits.max_connections == 3
    assert options.steps == {"connect": 2.5, "read": 2.5, "write": 2.5, "pool": 2.5}
    assert options.verify is False and options.http1 is False
    assert made(SECURE, settings, verify="other.pem").ca_file == "other.pem"


def test_from_the_sdk_settings() -> None:
    settings = Settings(api_tls_insecure_skip_verify=True, api_ssl_cert_file="ca.pem", api_enable_http2=True)
    expected = HTTPSettings(verify=False, ca_file="ca.pem", http2=True, keepalive_expiry=4)
    assert HTTPSettings.of(settings, is_cloud=False) == expected
    assert HTTPSettings.of(settings, is_cloud=True).keepalive_expiry == 25


def test_http2_needs_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(options, "find_spec", lambda name: None)
    with pytest.raises(ConfigError, match=r"httpx\[http2\]"):
        made(http2=True)


@pytest.mark.parametrize("where", ["transport", "mounts"])
def test_a_transport_of_the_wrong_kind(where: str) -> None:
    wrong: Any = httpx.AsyncBaseTransport()
    with pytest.raises(ConfigError, match=r"without handle_request\(\): AsyncBaseTransport"):
        made(**{where: {"all://": wrong} if where == "mounts" else wrong})


# TLS


def test_no_context_for_http(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ssl, "create_default_context", lambda **_: pytest.fail("built a TLS context"))
    options = made(URL, HTTPSettings(ca_file="missing.pem"))
    assert options.pool(URL)["ssl_context"] is None
    # A server that is away is asked all the same.
    url = f"http://127.0.0.1:{closed_port()}"
    transport = HTTPTransport(base_url=url, settings=HTTPSettings(ca_file="missing.pem"))
    with pytest.raises(ConnectError):
        transport.send(Request("GET", url, "/", timeout=5))
    transport.close()


def test_equal_tls_settings_share_one_context() -> None:
    first = made(SECURE).context()
    assert made("https://other.example").context() is first
    assert made(SECURE, HTTPSettings(ca_file=certifi.where())).context() is not first
    assert made(SECURE, verify=False).context() is made(SECURE, HTTPSettings(verify=False)).context() is not first
    # httpcore sets the protocols on it, which must not reach those who asked for others.
    assert made(SECURE, http2=True).context() is not first


def test_skip_verify() -> None:
    context = made(SECURE, HTTPSettings(verify=False)).context()
    assert (context.check_hostname, context.verify_mode) == (False, ssl.CERT_NONE)


def test_a_context_is_used_as_it_is() -> None:
    context = ssl.create_default_context()
    assert made(SECURE, verify=context).pool(SECURE)["ssl_context"] is context


def test_a_directory_of_certificates(tmp_path: Any) -> None:
    assert isinstance(made(SECURE, HTTPSettings(ca_file=str(tmp_path))).context(), ssl.SSLContext)


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_certificates_that_cannot_be_read(tmp_path: Any, content: str | None) -> None:
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_text(content)
    with pytest.raises(ConfigError, match=r"ca\.pem.*PREFECT_API_SSL_CERT_FILE"):
        made(SECURE, HTTPSettings(ca_file=str(path))).context()


@pytest.mark.parametrize("kind", [kind for kind in ALL_KINDS if kind != "aiohttp"])
def test_certificates_that_cannot_be_read_keep_no_connection(kind: str) -> None:
    def script(send: Send) -> None:
        for _ in range(3):
            with pytest.raises(ConfigError, match=r"missing\.pem"):
                send("/", timeout=1)

    run(kind, SECURE, script, settings=HTTPSettings(ca_file="missing.pem", max_connections=1))


@pytest.mark.parametrize("verify", [True, ssl.create_default_context()])
def test_a_client_certificate_that_cannot_be_loaded(verify: Any) -> None:
    with pytest.raises(ConfigError, match=r"client certificate 'mine\.pem'"):
        made(SECURE, cert=("mine.pem", "key.pem"), verify=verify).context()


def test_a_client_certificate_stays_out_of_the_shared_context(tmp_path: Any) -> None:
    trustme = pytest.importorskip("trustme")
    certificate = tmp_path / "mine.pem"
    trustme.CA().issue_cert("client.example").private_key_and_cert_chain_pem.write_to_path(str(certificate))
    options = made(SECURE, cert=str(certificate))
    assert options.context() is not made(SECURE).context()
    context = ssl.create_default_context()
    assert made(SECURE, cert=str(certificate), verify=context).context() is context


# Proxies


@pytest.mark.parametrize(
    ("environment", "url", "proxy"),
    [
        ({"HTTP_PROXY": "http://proxy:3128"}, URL, "http://proxy:3128"),
        ({"HTTP_PROXY": "proxy:3128"}, URL, "http://proxy:3128"),
        ({"ALL_PROXY": "http://all:3128"}, URL, "http://all:3128"),
        ({"HTTPS_PROXY": "http://proxy:3128"}, URL, None),
        ({"HTTPS_PROXY": "http://proxy:3128"}, SECURE, "http://proxy:3128"),
        ({"HTTP_PROXY": "http://proxy:3128", "NO_PROXY": "127.0.0.1"}, URL, None),
        ({"HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": "other,.example"}, SECURE, None),
        ({"HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": "*"}, SECURE, None),
        ({"HTTP_PROXY": "http://proxy:3128", "NO_PROXY": "::1"}, "http://[::1]:4200/api", None),
    ],
)
def test_proxies_of_the_environment(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], url: str, proxy: str | None
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    found = made(url).proxy
    assert (None if found is None else str(found.url)) == proxy
    assert made(url, trust_env=False).proxy is None
    assert made(url, transport=httpx.MockTransport(lambda request: httpx.Response(200))).proxy is None


def test_a_proxy_that_was_given() -> None:
    proxy = httpx.Proxy("http://user:pass@proxy:3128", headers={"x-a": "b"})
    pool = made(URL, proxy=proxy).pool(URL)
    assert pool["proxy"].url.host == b"proxy" and pool["proxy"].auth == (b"user", b"pass")
    assert (b"x-a", b"b") in pool["proxy"].headers
    assert pool["proxy"].ssl_context is None


def test_a_proxy_over_tls() -> None:
    own = ssl.create_default_context()
    assert made(URL, proxy="https://proxy").pool(URL)["proxy"].ssl_context is made(SECURE).context()
    proxy = httpx.Proxy("https://proxy", ssl_context=own)
    assert made(URL, proxy=proxy).pool(URL)["proxy"].ssl_context is own


@pytest.mark.parametrize("proxy", ["ftp://user:secret@proxy", "http://[::secret", 3128])
def test_a_proxy_of_no_use(proxy: Any) -> None:
    with pytest.raises(ConfigError, match="http://host:3128") as caught:
        made(URL, proxy=proxy)
    assert "secret" not in str(caught.value)


def test_a_socks_proxy_needs_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(options, "find_spec", lambda name: None)
    with pytest.raises(ConfigError, match=r"httpx\[socks\]"):
        made(URL, proxy="socks5://proxy")
    monkeypatch.setattr(options, "find_spec", lambda name: object())
    assert made(URL, proxy="socks5://proxy").proxy is not None


def test_the_shared_contexts_are_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    tls.shared_context.cache_clear()
    calls: list[object] = []
    build = ssl.create_default_context
    monkeypatch.setattr(ssl, "create_default_context", lambda **kwargs: (calls.append(kwargs), build(**kwargs))[1])
    for _ in range(3):
        made(SECURE).context()
    assert len(calls) == 1

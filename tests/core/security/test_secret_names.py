"""Which names say that their value is a secret."""

from __future__ import annotations

import pytest

from prefectkit.core.security.secret_names import is_secret_name, is_secret_parameter

SECRET = """
password passwd passwort pwd pass pin jwt otp totp token secret secrets passphrase passcode passkey bearer apikey
cookie cookies cred creds credential credentials authorization auth sig signature tokens
Password DB_PASSWORD pgpassword PGPASSWORD dbPassword db-password password_hash password2 SMTP_PASS card.pin basic_auth
clientSecret client-secret X-Secret-Y accessToken access_tokens refreshTokens GITHUB_TOKEN TOKEN_GITHUB usertoken
api_key api-key apiKey APIKey api_keys authKey AccountKey account_key accesskey secretkey privateKey signing_key sshKey
aws_secret_access_key storage.key WEBHOOK_KEY master_keys auth_string authString connection_string connection-url
connectionUri conn_str connection_str conn_string secret_key_limit
userpassphrase oursecret
access_key account_key client_key consumer_key decryption_key deploy_key encryption_key function_key license_key
service_key session_key shared_key storage_key subscription_key
api_tokens auth_tokens bearer_tokens secret_tokens service_tokens session_tokens
""".split()

HARMLESS = """
password_count password_counts password_expires password_expiration token_limit token_limits token_ttl
max_tokens maxTokens total-tokens token_count secret_size password_policy passwordLength tokens_used tokenizer
key keys cache_key idempotency_key concurrencyKey foreign_key primary-key dynamic_key monkey turkey keyboard
author authors auth_url authentic compass passenger pass_rate passing bypass spin pinned pin_version signature_type
assign design credit secretary cooking user name connection connection_id session session_id page_token page-token
next_page_token secret_fields include_secrets string url 1234 _ --
""".split()


@pytest.mark.parametrize("name", SECRET)
def test_the_name_of_a_secret(name: str) -> None:
    assert is_secret_name(name)
    assert is_secret_parameter(name)


@pytest.mark.parametrize("name", [*HARMLESS, "", "ключ"])
def test_a_name_that_only_looks_like_it(name: str) -> None:
    assert not is_secret_name(name)


@pytest.mark.parametrize(
    ("name", "secret"),
    [("key", True), ("KEY", True), ("Sig", True), ("keys", False), ("q", False), ("page_token", False)],
)
def test_in_a_query_a_key_is_a_secret(name: str, secret: bool) -> None:
    assert is_secret_parameter(name) is secret

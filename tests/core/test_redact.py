"""What must never be shown, and what must never be hidden."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.redact import MARK, redact, redact_params, smells

HEX = "0123456789abcdef0123456789abcdef01234567"
KEY = f"1234/{HEX}"
SLACK = "xoxb-" + "123456789012-1234567890123-AbCdEfGhIjKlMnOpQrStUvWx"
AWS_ID = "AKIA" + "IOSFODNN7EXAMPLE"
AWS_SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"
PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\nabc\n-----END RSA PRIVATE KEY-----"

# (text, what must not be left of it)
PLANTED = [
    (f"td -k {KEY} query", KEY),
    (f"Authorization: TD1 {KEY}", HEX),
    (f"TD1 {KEY} was refused", HEX),
    ("TD1 12/short", "12/short"),
    (f"could not post with {SLACK}", SLACK),
    ("xoxe.xoxp-1-Mi0yLTEyMzQ1Njc4OTAx", "Mi0yLTEyMzQ1Njc4OTAx"),
    ("xapp-1-A0123456789-1234567890123-abcdef", "abcdef"),
    ("POST https://hooks.slack.com/services/T000/B000/XXXXyyyy: 404", "XXXXyyyy"),
    (f"aws_access_key_id={AWS_ID}", AWS_ID),
    (f"AWS_SECRET_ACCESS_KEY={AWS_SECRET}", AWS_SECRET),
    (f"'secretAccessKey': '{AWS_SECRET}'", AWS_SECRET),
    (f"with {AWS_ID} in us-east-1", AWS_ID),
    (f'{{"secret_access_key": "{AWS_SECRET}", "region": "x"}}', AWS_SECRET),
    ("Authorization: Bearer abc.def-ghi", "abc.def-ghi"),
    ("sent Bearer 8f3a9c2e1b", "8f3a9c2e1b"),
    ('{"Authorization": "Basic dXNlcjpwYXNz"}', "dXNlcjpwYXNz"),
    ("curl -H 'Authorization: token abcdefg' x", "abcdefg"),
    ("Basic dXNlcjpwYXNz", "dXNlcjpwYXNz"),
    ("jdbc:postgresql://etl:s3cr3t@db.example.com:5432/x", "s3cr3t"),
    ("redis://:hunter2@cache:6379", "hunter2"),
    ("https://user:p@ss@example.com/x", "p@ss"),
    ("git clone https://0123456789abcdef01@github.com/x/y", "0123456789abcdef01"),
    ("mysql --user etl --password hunter2 -h db", "hunter2"),
    ("psql --password=hunter2", "hunter2"),
    ("mysql -u etl -phunter2 -h db", "hunter2"),
    ("mysqldump -h db -p'hunter two' x", "hunter"),
    ("sshpass -p hunter2 ssh host", "hunter2"),
    ("tool -pS3cretWord x", "S3cretWord"),
    ("curl -u etl:hunter2 https://example.com", "hunter2"),
    ("curl --user 'etl:hunter2' https://example.com", "hunter2"),
    ("password=hunter2", "hunter2"),
    ("password = hunter2", "hunter2"),
    ("Password: hunter2", "hunter2"),
    ("db.password=hunter,two", "hunter,two"),
    ('"password": "hunter \\"2\\" two"', "hunter"),
    ('"password": "cut off in the mid', "cut off"),
    ('body was {\\"password\\": \\"hunter2\\"}', "hunter2"),
    ("Server=db;Uid=etl;Pwd=hunter2;", "hunter2"),
    ("PASSWORD_PROD=hunter2", "hunter2"),
    ("dbPassword: 'hunter2'", "hunter2"),
    ('{:password=>"hunter2"}', "hunter2"),
    ("api_key=0a1b2c", "0a1b2c"),
    ("td.apikey: 1/abc", "1/abc"),
    ("X-Api-Key: abcdef", "abcdef"),
    ("client_secret=abcdef", "abcdef"),
    ("token: 8f3a9c2e1b77", "8f3a9c2e1b77"),
    ("token=abcdef", "abcdef"),
    ("accessToken: 'abcdef'", "abcdef"),
    ("s3_secret: abcdef", "abcdef"),
    ("GET https://b.s3.amazonaws.com/k?X-Amz-Credential=AK%2F2026&X-Amz-Signature=0f1e2d", "0f1e2d"),
    ("GET https://b.s3.amazonaws.com/k?X-Amz-Credential=AK%2F2026&X-Amz-Signature=0f1e2d", "AK%2F2026"),
    ("https://b.s3.amazonaws.com/k?AWSAccessKeyId=x&Expires=1&Signature=vjby%3D", "vjby"),
    ("https://x.blob.core.windows.net/c?sv=2020&sig=Zm9v%3D&se=1", "Zm9v"),
    ("https://storage.googleapis.com/b?X-Goog-Signature=0a1b2c", "0a1b2c"),
    ("https://api.example.com/v1?token=abc&x=1", "token=abc"),
    ("AccountName=x;AccountKey=Zm9vYmFy==;EndpointSuffix=y", "Zm9vYmFy"),
    (f"key:\n{PEM}\nend", "MIIEpAIBAAKCAQEA"),
    ("-----BEGIN PRIVATE KEY-----\\nMIIEvQ\\ncut off", "MIIEvQ"),
    ("ghp_0123456789abcdefghijABCDEFGHIJ012345", "0123456789"),
    ("github_pat_11ABCDEFG0abcdefghij_0123456789", "11ABCDEFG0"),
    ("AIza" + "SyA-0123456789abcdefghijklmnopqrstu", "0123456789"),
    ("ya29.a0AfH6SMBx0123456789", "a0AfH6SMBx"),
    ("sk-proj-0123456789abcdefghijABCD", "0123456789"),
    ("sk_live_0123456789abcdefghij", "0123456789"),
    (f"cookie jwt {JWT}", JWT),
    ("SG.0123456789abcdefghij.0123456789abcdefghij", "0123456789"),
]

HARMLESS = [
    "",
    "boom",
    "5a5bab23-af98-47b1-895b-eb0f9c7f1e79",
    "session_time: 2026-11-24T00:00:00+09:00",
    "Dependent workflow failed. Session id: 17, attempt id: 42",
    "Command failed with code 3 (runtime)",
    "commit 0123456789abcdef0123456789abcdef01234567",
    "SELECT token, password FROM users WHERE secret IS NULL",
    "line 1:8: mismatched input 'token'. Expecting: <expression>",
    'syntax error at or near "token"',
    "Unexpected token < in JSON at position 0",
    "Unexpected token: FROM",
    "Invalid token: expired",
    'FATAL: password authentication failed for user "etl"',
    "Basic authentication failed",
    "Bearer authentication is required",
    "The TD1 header is missing",
    "Failed to evaluate a variable ${secret:td.apikey} (config)",
    "max_tokens=4096 token_count: 12 token_type=bearer",
    "password_file: /run/secrets/db secret_name=prod/db",
    "PWD=/mnt/task pwd: /mnt/task",
    "mkdir -p out/2026 && ssh -p 22 host && docker run -p 8080:80 x",
    "java -parallel -prefix=x -python3",
    "key=customer_id join_key: user_id primary key: id",
    "GET https://api.example.com/v1?page=2&sort=key",
    "http://localhost:65432/api/attempts/5 answered 500",
    "mail to someone@example.com failed",
    "s3://bucket/path/part-00000.gz not found",
    "pg://db.example.com:5432/x",
    "a:b::c 12:34:56 1/2 50/100",
    "売上 集計が失敗しました: テーブルがありません",
    "x = 1; y := 2; z == 3; f(a=>b)",
]


@pytest.mark.parametrize(("text", "secret"), PLANTED)
def test_a_planted_secret_is_masked_visibly(text: str, secret: str) -> None:
    assert secret in text
    assert secret not in redact(text)
    assert MARK in redact(text)


@pytest.mark.parametrize("text", HARMLESS)
def test_what_explains_a_failure_stays(text: str) -> None:
    assert redact(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("mysql --user etl --password hunter2 -h db", f"mysql --user etl --password {MARK} -h db"),
        ('{"password": "hunter2", "host": "db"}', f'{{"password": "{MARK}", "host": "db"}}'),
        ("postgres://etl:hunter2@db:5432/x", f"postgres://etl:{MARK}@db:5432/x"),
        ("Server=db;Pwd=hunter2;Uid=etl", f"Server=db;Pwd={MARK};Uid=etl"),
        ("https://x.test/a?sig=Zm9v&page=2", f"https://x.test/a?sig={MARK}&page=2"),
        (f"before\n{PEM}\nafter", f"before\n{MARK}\nafter"),
        ("password=a,user=b", f"password={MARK},user=b"),
    ],
)
def test_what_stands_around_a_secret_is_kept(text: str, shown: str) -> None:
    assert redact(text) == shown


@given(
    st.lists(st.sampled_from([text for text, _ in PLANTED] + HARMLESS), max_size=4), st.sampled_from(" \n,;")
)
def test_redacting_twice_changes_nothing_more(texts: list[str], between: str) -> None:
    once = redact(between.join(texts))
    assert redact(once) == once


@given(st.text(alphabet="password=:'\"\\-/@ \n.,;&?xoxb-1TD", max_size=200))
def test_any_text_is_taken(text: str) -> None:
    redact(text)


@pytest.mark.parametrize(
    "piece", ["a", "=", '"', "\\", "-p", "a-", "://", "password=", "mysql ", "TD1 ", "x:", "eyJ"]
)
def test_long_texts_take_no_long_time(piece: str) -> None:
    redact(piece * (20_000 // len(piece)))


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("password", True),
        ("DB_PASSWORD", True),
        ("dbPassword", True),
        ("td.apikey", True),
        ("apiKey", True),
        ("API_KEY", True),
        ("aws_access_key_id", True),
        ("clientSecret", True),
        ("slack_token", True),
        ("Authorization", True),
        ("privateKey", True),
        ("token_type", False),
        ("max_tokens_count", False),
        ("password_file", False),
        ("key", False),
        ("primary_key", False),
        ("keyboard", False),
        ("compass", False),
        ("author", False),
        ("店", False),
        ("", False),
    ],
)
def test_names_tell_whether_a_value_is_secret(name: str, secret: bool) -> None:
    assert smells(name) is secret


def test_params_are_masked_at_any_depth_and_the_rest_kept() -> None:
    params: dict[str, Any] = {
        "date": "2026-11-24",
        "n": 3,
        "ok": True,
        "none": None,
        "password": {"prod": "a", "dev": "b"},
        "pin_token": 1234,
        "secret": "",
        "db": {"url": "postgres://etl:hunter2@db/x", "passwd": ["a"], "hosts": ["a", f"key {KEY}"]},
        "店": "東京",
    }
    assert redact_params(params) == {
        "date": "2026-11-24",
        "n": 3,
        "ok": True,
        "none": None,
        "password": MARK,
        "pin_token": MARK,
        "secret": "",
        "db": {"url": f"postgres://etl:{MARK}@db/x", "passwd": MARK, "hosts": ["a", f"key {MARK}"]},
        "店": "東京",
    }


def test_params_that_never_end_are_cut() -> None:
    deep: dict[str, Any] = {}
    for _ in range(900):
        deep = {"x": deep}
    assert MARK in str(redact_params(deep))

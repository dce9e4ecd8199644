"""A wrong value of the environment stops the start with one line that says what to write."""

import contextlib
import os
import subprocess
import sys

import environ
import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import ConnectionHandler, OperationalError, connection

from config import environment

WRONG = [
    ("WAYMARK_ENV", "staging", "production, demo, test"),
    ("SECRET_KEY", "short", "50 characters"),
    ("SEALING_KEYS", "", "manage.py new_sealing_key"),
    ("SEALING_KEYS", "short", "key 1 of 1 is none"),
    ("SEALING_KEYS", f"{'a' * 43}, {'b' * 42}", "key 2 of 2 is none"),
    ("SEALING_KEYS", f"{'a' * 43},{'a' * 43}", "stands there twice"),
    ("SEALING_KEYS_FILE", "/nowhere/keys", "a key on each line"),
    ("ALLOWED_HOSTS", "", "name the hosts"),
    ("ALLOWED_HOSTS", "*", "plain host names"),
    ("ALLOWED_HOSTS", "https://site.example/", "plain host names"),
    ("DATABASE_URL", "nonsense", "postgres://"),
    ("DATABASE_URL", "mysql://user:password@host/name", "postgres://"),
    ("DATABASE_URL", "postgres://", "postgres://"),
    ("DATABASE_URL", "postgres://user:password@host:port/name", "postgres://"),
    ("SITE_NAME", " ", "short text"),
    ("SITE_NAME", "two\nlines", "short text"),
    ("LEAVE_URL", "http://plain.example/", "https://"),
    ("LEAVE_URL", "weather", "https://"),
    ("LEAVE_URL", "https://{s}.weather.example/", "https://"),
    ("SECURE_HSTS_SECONDS", "-1", "whole number"),
    ("SECURE_HSTS_SECONDS", "a year", "whole number"),
    ("REFERRAL_KEPT_DAYS", "366", "0 to 365"),
    ("REFERRAL_KEPT_DAYS", "-1", "0 to 365"),
    ("REFERRAL_KEPT_DAYS", "a month", "whole number"),
    ("BEHIND_PROXY", "maybe", "true or false"),
    ("LOG_LEVEL", "loud", "DEBUG"),
    ("LOG_FORMAT", "xml", "line or json"),
    ("METRICS_TOKEN", "password@host", "long random one"),
    ("METRICS_TOKEN", "a token with spaces in it", "long random one"),
    ("STATEMENT_SECONDS", "601", "0 to 600"),
    ("EMAIL_URL", "mail.example.org", "smtp+tls://"),
    ("EMAIL_URL", "pigeon://mail.example.org", "smtp+tls://"),
    ("EMAIL_URL", "smtp://", "smtp+tls://"),
    ("SECRET_KEY_FALLBACKS", f"{'o' * 60},short", "key 2 of 2 is too short"),
    ("SECRET_KEY_FALLBACKS", "n" * 60, "is the SECRET_KEY itself"),
    ("EMAIL_URL", "smtp://user:password@host:port", "smtp+tls://"),
    ("EMAIL_URL", "consolemail://", "production needs a mail server"),
    ("DEFAULT_FROM_EMAIL", "the guide", "write an address"),
    ("DEFAULT_FROM_EMAIL", "a@example.org\nBcc: b@example.org", "write an address"),
    ("SITE_URL", "guide.example.org", "https://"),
    ("SITE_URL", "http://guide.example.org", "https://"),
    ("SITE_URL", "http://127.0.0.1:8000", "https://"),
    ("SITE_URL", "https://guide.example.org/path", "https://"),
]

READERS = {
    "WAYMARK_ENV": environment.env_name,
    "SECRET_KEY": lambda env: environment.secret_key(env, allow_random=False, random=""),
    "SECRET_KEY_FALLBACKS": lambda env: environment.older_secret_keys(env, secret="n" * 60),
    "SEALING_KEYS": lambda env: environment.sealing_keys(env, production=True, secret=""),
    "SEALING_KEYS_FILE": lambda env: environment.sealing_keys(env, production=True, secret=""),
    "ALLOWED_HOSTS": lambda env: environment.hosts(env, default=[]),
    "DATABASE_URL": lambda env: environment.database_url(env, default="sqlite:///some.sqlite3"),
    "SITE_NAME": lambda env: environment.words(env, "SITE_NAME", default="Name"),
    "LEAVE_URL": lambda env: environment.web_address(env, "LEAVE_URL", default=""),
    "SECURE_HSTS_SECONDS": lambda env: environment.whole_number(
        env, "SECURE_HSTS_SECONDS", default=0
    ),
    "REFERRAL_KEPT_DAYS": lambda env: environment.whole_number(
        env, "REFERRAL_KEPT_DAYS", default=30, most=365
    ),
    "BEHIND_PROXY": lambda env: environment.switch(env, "BEHIND_PROXY", default=False),
    "LOG_LEVEL": environment.log_level,
    "LOG_FORMAT": environment.log_format,
    "METRICS_TOKEN": environment.metrics_token,
    "STATEMENT_SECONDS": lambda env: environment.whole_number(
        env, "STATEMENT_SECONDS", default=10, most=600
    ),
    "EMAIL_URL": lambda env: environment.mail_server(env, default="", production=True),
    "DEFAULT_FROM_EMAIL": lambda env: environment.mail_sender(env, default="a@example.org"),
    "SITE_URL": lambda env: environment.site_address(env, default="", production=True),
}


def read(name, value, monkeypatch):
    monkeypatch.setenv(name, value)
    return READERS[name](environ.Env())


@pytest.mark.parametrize(("name", "value", "help_text"), WRONG)
def test_wrong_value_is_refused_in_one_line(name, value, help_text, monkeypatch):
    with pytest.raises(ImproperlyConfigured) as refusal:
        read(name, value, monkeypatch)
    line = str(refusal.value)
    assert line.startswith(name)
    assert help_text in line
    assert "\n" not in line
    helped = line.replace("postgres://user:password@host:5432/name", "")
    assert "password@host" not in helped.replace("smtp+tls://user:password@host:587", "")


@pytest.mark.parametrize(
    ("name", "value", "meaning"),
    [
        ("ALLOWED_HOSTS", "one.example, two.example", ["one.example", "two.example"]),
        ("SECRET_KEY_FALLBACKS", "", []),
        ("SECRET_KEY_FALLBACKS", f"{'o' * 60}, {'p' * 50}", ["o" * 60, "p" * 50]),
        ("SECURE_HSTS_SECONDS", "60", 60),
        ("REFERRAL_KEPT_DAYS", "0", 0),
        ("REFERRAL_KEPT_DAYS", "365", 365),
        ("REFERRAL_KEPT_DAYS", "", 30),
        ("BEHIND_PROXY", "True", True),
        ("BEHIND_PROXY", "0", False),
        ("BEHIND_PROXY", "", False),
        ("LOG_LEVEL", "debug", "DEBUG"),
        ("LOG_FORMAT", " JSON ", "json"),
        ("METRICS_TOKEN", "", ""),
        ("METRICS_TOKEN", "t" * 20, "t" * 20),
        ("LEAVE_URL", "https://weather.example/", "https://weather.example/"),
        ("SECRET_KEY", "k" * 50, "k" * 50),
        ("SEALING_KEYS", f"{'a' * 43}, {'b' * 43}", ("a" * 43, "b" * 43)),
        ("DEFAULT_FROM_EMAIL", "Guide <a@example.org>", "Guide <a@example.org>"),
        ("SITE_URL", "https://guide.example.org/", "https://guide.example.org"),
        ("SITE_URL", "", ""),
    ],
)
def test_right_value_is_read(name, value, meaning, monkeypatch):
    assert read(name, value, monkeypatch) == meaning


def test_sealing_keys_are_read_from_a_file(monkeypatch, tmp_path):
    file = tmp_path / "keys"
    file.write_text(f"{'a' * 43}\n{'b' * 43}\n")
    assert read("SEALING_KEYS_FILE", str(file), monkeypatch) == ("a" * 43, "b" * 43)
    monkeypatch.setenv("SEALING_KEYS", "c" * 43)
    with pytest.raises(ImproperlyConfigured, match="use one"):
        read("SEALING_KEYS_FILE", str(file), monkeypatch)
    monkeypatch.delenv("SEALING_KEYS")
    file.write_text("\n")
    with pytest.raises(ImproperlyConfigured, match="holds no key"):
        read("SEALING_KEYS_FILE", str(file), monkeypatch)


def test_outside_production_a_sealing_key_is_made_of_the_secret():
    made = [
        environment.sealing_keys(environ.Env(), production=False, secret=secret)
        for secret in ("one", "one", "other")
    ]
    assert made[0] == made[1] != made[2]
    assert environment.SEALING_KEY.fullmatch(made[0][0])


def test_mail_server_is_read(monkeypatch):
    server = read("EMAIL_URL", "smtp+tls://user:p%40ss@mail.example.org", monkeypatch)
    assert (server["EMAIL_HOST"], server["EMAIL_PORT"]) == ("mail.example.org", 587)
    assert (server["EMAIL_HOST_PASSWORD"], server["EMAIL_USE_TLS"]) == ("p@ss", True)


def test_postgresql_is_read(monkeypatch):
    database = read("DATABASE_URL", "postgres://user:secret@host:5432/name", monkeypatch)
    assert database["ENGINE"] == "django.db.backends.postgresql"
    assert database["NAME"] == "name"


def test_postgresql_that_is_away_or_was_restarted_is_noticed(monkeypatch):
    database = read("DATABASE_URL", "postgres://user@host/name?sslmode=require", monkeypatch)
    assert database["CONN_HEALTH_CHECKS"]
    assert database["CONN_MAX_AGE"] > 0
    assert database["OPTIONS"]["connect_timeout"] <= 5
    assert database["OPTIONS"]["sslmode"] == "require"


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 1),
        ("temp_store", 2),
        ("journal_size_limit", 64 * 1024**2),
        ("foreign_keys", 1),
        ("busy_timeout", 10000),
    ],
)
def test_sqlite_is_set_up_for_a_server(pragma, value, tmp_path, monkeypatch, django_db_blocker):
    database = read("DATABASE_URL", f"sqlite:///{tmp_path / 'site.sqlite3'}", monkeypatch)
    opened = ConnectionHandler({"default": database})["default"]
    with django_db_blocker.unblock(), contextlib.closing(opened), opened.cursor() as cursor:
        cursor.execute(f"PRAGMA {pragma}")
        assert cursor.fetchone() == (value,)


def test_deleted_rows_are_overwritten_however_sqlite_was_built():
    assert "PRAGMA secure_delete=ON;" in environment.SQLITE["OPTIONS"]["init_command"]


def test_commands_may_take_their_time_and_pages_may_not(monkeypatch):
    database = read("DATABASE_URL", "postgres://user@host/name", monkeypatch)
    assert database["OPTIONS"]["options"] == "-c jit=off"
    environment.limit_statements({"default": database}, 0)
    assert database["OPTIONS"]["options"] == "-c jit=off"
    environment.limit_statements({"default": database}, 10)
    assert database["OPTIONS"]["options"] == "-c jit=off -c statement_timeout=10s"
    another = read("DATABASE_URL", "postgres://user@host/name", monkeypatch)
    assert another["OPTIONS"]["options"] == "-c jit=off"


def test_sqlite_knows_no_limit_of_a_statement(monkeypatch):
    database = read("DATABASE_URL", "sqlite:////some/file.sqlite3", monkeypatch)
    environment.limit_statements({"default": database}, 10)
    assert "options" not in database["OPTIONS"]


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no such limit.")
def test_postgresql_ends_a_statement_that_takes_too_long():
    limited = connection.copy("limited")
    environment.limit_statements({"limited": limited.settings_dict}, 1)
    too_long = pytest.raises(OperationalError, match="statement timeout")
    with contextlib.closing(limited), limited.cursor() as cursor, too_long:
        cursor.execute("SELECT pg_sleep(20)")


def databases(primary, replica, monkeypatch):
    monkeypatch.setenv("DATABASE_REPLICA_URL", replica)
    return environment.with_replica(environ.Env(), read("DATABASE_URL", primary, monkeypatch))


ON_SERVER = "postgres://user:secret@one/name"


@pytest.mark.parametrize(
    ("primary", "replica", "help_text"),
    [
        ("sqlite:////some/a.sqlite3", "postgres://two/name", "needs PostgreSQL"),
        (ON_SERVER, "sqlite:////some/a.sqlite3", "one server like"),
        (ON_SERVER, "postgres://user:password@two,three/name", "one server like"),
        (ON_SERVER, "postgres://two", "one server like"),
        (ON_SERVER, "postgres://two:port/name", "one server like"),
        (ON_SERVER, "nonsense", "one server like"),
        (ON_SERVER, ON_SERVER, "the same server"),
    ],
)
def test_wrong_replica_is_refused_in_one_line(primary, replica, help_text, monkeypatch):
    with pytest.raises(ImproperlyConfigured) as refusal:
        databases(primary, replica, monkeypatch)
    line = str(refusal.value)
    assert line.startswith("DATABASE_REPLICA_URL")
    assert help_text in line
    assert "\n" not in line
    assert "secret" not in line


def test_replica_is_read_and_never_written(monkeypatch):
    found = databases(ON_SERVER, "postgres://user:secret@two/name?sslmode=require", monkeypatch)
    assert (found["default"]["HOST"], found["replica"]["HOST"]) == ("one", "two")
    options = found["replica"]["OPTIONS"]
    assert (options["sslmode"], options["connect_timeout"]) == ("require", 3)
    assert "default_transaction_read_only=on" in options["options"]


def test_without_a_replica_there_is_one_database(monkeypatch):
    assert list(databases(ON_SERVER, "", monkeypatch)) == ["default"]


def start(*arguments, **variables):
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=settings.BASE_DIR,
        env=kept | variables,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_command_line_says_it_without_a_traceback():
    result = start("manage.py", "check", WAYMARK_ENV="demo", LOG_LEVEL="loud")
    assert result.returncode == 1
    assert len(result.stderr.splitlines()) == 1
    assert "LOG_LEVEL" in result.stderr


def test_server_says_it_without_a_traceback_and_does_not_try_again():
    result = start("-c", "import config.wsgi")
    assert result.returncode == 4
    assert len(result.stderr.splitlines()) == 1
    assert "SECRET_KEY" in result.stderr

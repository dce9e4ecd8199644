"""Typed readers of the environment that refuse what they do not understand.

Each raises `ImproperlyConfigured` with one line that names the variable and says what to write.
"""

import base64
import hashlib
import logging
import re
from email.utils import parseaddr
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email

ENVIRONMENTS = ("production", "demo", "test")
SECRET_LENGTH = 50
#: 256 random bits as `secrets.token_urlsafe` writes them.
SEALING_KEY = re.compile(r"[A-Za-z0-9_-]{43}")
YES = ("1", "true", "yes", "on")
HOST = re.compile(r"[a-z0-9.-]+")
NO = ("0", "false", "no", "off")
#: Addresses of the machine itself, where http will do.
OWN_MACHINE = ("127.0.0.1", "localhost")
SQLITE = {
    "OPTIONS": {
        "transaction_mode": "IMMEDIATE",
        "timeout": 10,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
}
DATABASES = {"sqlite": SQLITE, "postgres": {}, "postgresql": {}}
DATABASE_HELP = (
    "DATABASE_URL cannot be read. Write it like postgres://user:password@host:5432/name "
    "or sqlite:////path/to/file.sqlite3."
)

MAIL_HELP = (
    "EMAIL_URL cannot be read. Write it like smtp+tls://user:password@host:587 "
    "(or smtp://, smtp+ssl://), or consolemail:// outside production."
)
#: Schemes that leave what is sent in a terminal, a folder or nowhere.
NO_MAIL = ("consolemail", "filemail", "memorymail", "dummymail")
OWN_MACHINE = ("127.0.0.1", "localhost")


def env_name(env):
    """`WAYMARK_ENV`: production unless said otherwise."""
    name = env("WAYMARK_ENV", default="production")
    if name not in ENVIRONMENTS:
        raise ImproperlyConfigured(
            f"WAYMARK_ENV is “{name}”: use one of {', '.join(ENVIRONMENTS)}."
        )
    return name


def secret_key(env, *, allow_random, random):
    """`SECRET_KEY`; outside production a random one will do."""
    key = env("SECRET_KEY", default="")
    if key and (len(key) >= SECRET_LENGTH or allow_random):
        return key
    if allow_random:
        return random
    raise ImproperlyConfigured(
        f"SECRET_KEY is missing or shorter than {SECRET_LENGTH} characters: set a long random one, "
        "for example the output of `python -c 'import secrets; print(secrets.token_urlsafe(50))'`."
    )


def sealing_keys(env, *, production, secret):
    """`SEALING_KEYS`, or the file that `SEALING_KEYS_FILE` names: keys, the newest first.

    Outside production one made of the secret will do.
    """
    text, file = (
        env("SEALING_KEYS", default="").strip(),
        env("SEALING_KEYS_FILE", default="").strip(),
    )
    if text and file:
        raise ImproperlyConfigured("SEALING_KEYS and SEALING_KEYS_FILE are both set: use one.")
    if file:
        text = _in_file("SEALING_KEYS_FILE", file)
    if not text and not production and not file:
        return (_key_of(secret),)
    if not text:
        raise ImproperlyConfigured(
            f"{'SEALING_KEYS_FILE holds no key' if file else 'SEALING_KEYS is missing'}: "
            "what is sealed in the database is encrypted with it. Make a key with "
            "`WAYMARK_ENV=demo python manage.py new_sealing_key`, and keep a copy of it apart from "
            "the database and its backups: without it what is sealed is lost."
        )
    return _checked_keys("SEALING_KEYS_FILE" if file else "SEALING_KEYS", text)


def _in_file(name, path):
    try:
        with open(path, encoding="ascii") as file:
            return file.read(64 * 1024)
    except (OSError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(
            f"{name} is “{path}”, which cannot be read: name a file with a key on each line."
        ) from error


def _key_of(secret):
    digest = hashlib.sha256(b"sealing key of the demo: " + secret.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _checked_keys(name, text):
    keys = text.replace(",", " ").split()
    for number, key in enumerate(keys, start=1):
        if not SEALING_KEY.fullmatch(key):
            raise ImproperlyConfigured(
                f"{name}: key {number} of {len(keys)} is none. Write keys as "
                "`manage.py new_sealing_key` prints them, with commas, the newest first."
            )
    if len(set(keys)) < len(keys):
        raise ImproperlyConfigured(f"{name}: a key stands there twice. Leave one out.")
    return tuple(keys)


def hosts(env, *, default):
    """`ALLOWED_HOSTS`: names without scheme or path; at least one."""
    names = [name.strip() for name in env.list("ALLOWED_HOSTS", default=default) if name.strip()]
    if not names:
        raise ImproperlyConfigured("ALLOWED_HOSTS is empty: name the hosts this site answers to.")
    for name in names:
        if "*" in name or "/" in name:
            raise ImproperlyConfigured(
                f"ALLOWED_HOSTS holds “{name}”: write plain host names, such as guide.example.org."
            )
    return names


def switch(env, name, *, default):
    """A variable that is on or off."""
    value = env(name, default="").strip().lower()
    if value not in ("", *YES, *NO):
        raise ImproperlyConfigured(f"{name} is “{value}”: use true or false.")
    return default if not value else value in YES


def whole_number(env, name, *, default, most=None):
    """A variable that is a whole number, 0 or more, and at most `most` where that is given."""
    value = env(name, default="").strip()
    fits = re.fullmatch(r"[0-9]{1,9}", value) and (most is None or int(value) <= most)
    if value and not fits:
        span = "0 or more" if most is None else f"0 to {most}"
        raise ImproperlyConfigured(f"{name} is “{value}”: use a whole number, {span}.")
    return int(value) if value else default


def words(env, name, *, default):
    """A short text on one line, never empty."""
    value = env(name, default=default).strip()
    if not value or not value.isprintable():
        raise ImproperlyConfigured(f"{name} is empty or holds a line break: write a short text.")
    return value


def web_address(env, name, *, default):
    """A complete https address, or the default."""
    value = env(name, default=default).strip()
    parts = urlsplit(value)
    if value and (parts.scheme != "https" or not HOST.fullmatch(parts.hostname or "")):
        raise ImproperlyConfigured(f"{name} is “{value}”: write a whole address with https://.")
    return value or default


def log_level(env):
    """`LOG_LEVEL`: INFO unless said otherwise."""
    level = env("LOG_LEVEL", default="INFO").strip().upper()
    if level not in logging.getLevelNamesMapping():
        raise ImproperlyConfigured(
            f"LOG_LEVEL is “{level}”: use DEBUG, INFO, WARNING, ERROR or CRITICAL."
        )
    return level


def database_url(env, *, default):
    """`DATABASE_URL` as Django settings: PostgreSQL or SQLite."""
    scheme, _colon, rest = env("DATABASE_URL", default=default).partition("://")
    if scheme not in DATABASES or not rest:
        raise ImproperlyConfigured(DATABASE_HELP)
    try:
        config = env.db_url("DATABASE_URL", default=default)
    except ValueError as error:
        raise ImproperlyConfigured(DATABASE_HELP) from error
    if not config["NAME"]:
        raise ImproperlyConfigured(DATABASE_HELP)
    return config | DATABASES[scheme]


def mail_server(env, *, default, production):
    """`EMAIL_URL` as Django settings. In production mail leaves the machine: links stay in no log."""
    scheme, _colon, rest = env("EMAIL_URL", default=default).strip().partition("://")
    if production and scheme in NO_MAIL:
        raise ImproperlyConfigured(
            f"EMAIL_URL is “{scheme}”: production needs a mail server, like smtp+tls://host:587."
        )
    try:
        config = env.email_url_config(f"{scheme}://{rest}")
    except (ImproperlyConfigured, ValueError) as error:
        raise ImproperlyConfigured(MAIL_HELP) from error
    if scheme.startswith("smtp") and not config["EMAIL_HOST"]:
        raise ImproperlyConfigured(MAIL_HELP)
    config.pop("OPTIONS", None)
    config["EMAIL_PORT"] = config["EMAIL_PORT"] or (587 if config.get("EMAIL_USE_TLS") else 25)
    return config


def mail_sender(env, *, default):
    """`DEFAULT_FROM_EMAIL`: an address, with or without a name before it."""
    value = env("DEFAULT_FROM_EMAIL", default=default).strip()
    try:
        if not value.isprintable():
            raise ValidationError("")
        validate_email(parseaddr(value)[1])
    except ValidationError as error:
        raise ImproperlyConfigured(
            f"DEFAULT_FROM_EMAIL is “{value!r}”: write an address, "
            "such as Guide <guide@example.org>."
        ) from error
    return value


def site_address(env, *, default, production):
    """`SITE_URL`, without a slash at its end: where links in mails lead; empty where it is not set."""
    value = env("SITE_URL", default=default).strip().rstrip("/")
    parts = urlsplit(value)
    schemes = ("https", "http") if not production and parts.hostname in OWN_MACHINE else ("https",)
    whole = parts.scheme in schemes and HOST.fullmatch(parts.hostname or "") and not parts.path
    if value and not (whole and not parts.query and not parts.fragment and "@" not in parts.netloc):
        raise ImproperlyConfigured(
            f"SITE_URL is “{value}”: write the site's own address, such as https://guide.example.org."
        )
    return value

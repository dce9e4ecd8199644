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

from config.log_lines import FORMATS

ENVIRONMENTS = ("production", "demo", "test")
SECRET_LENGTH = 50
TOKEN_LENGTH = 20
#: 256 random bits as `secrets.token_urlsafe` writes them.
SEALING_KEY = re.compile(r"[A-Za-z0-9_-]{43}")
YES = ("1", "true", "yes", "on")
HOST = re.compile(r"[a-z0-9.-]+")
NO = ("0", "false", "no", "off")
#: Addresses of the machine itself, where http will do.
OWN_MACHINE = ("127.0.0.1", "localhost")
#: Why each: docs/operators.md, “Serving”.
SQLITE = {
    "CONN_MAX_AGE": 600,
    "OPTIONS": {
        "transaction_mode": "IMMEDIATE",
        "timeout": 10,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA temp_store=MEMORY; "
            "PRAGMA journal_size_limit=67108864; PRAGMA secure_delete=ON;"
        ),
    },
}
#: A server that is away is known to be so in seconds, not in minutes.
POSTGRESQL = {
    "CONN_MAX_AGE": 600,
    "CONN_HEALTH_CHECKS": True,
    "OPTIONS": {
        "connect_timeout": 3,
        "tcp_user_timeout": 15000,
        # Compiling a query takes longer than any of ours: half of the time that a city is read in.
        "options": "-c jit=off",
    },
}
DATABASES = {"sqlite": SQLITE, "postgres": POSTGRESQL, "postgresql": POSTGRESQL}
DATABASE_HELP = (
    "DATABASE_URL cannot be read. Write it like postgres://user:password@host:5432/name "
    "or sqlite:////path/to/file.sqlite3."
)
REPLICA_HELP = (
    "DATABASE_REPLICA_URL cannot be read. Write one server like "
    "postgres://user:password@host:5432/name."
)
#: A server that is away costs one connection a wait, not all of them (`config.postgresql.base`).
WATCHED = {"ENGINE": "config.postgresql", "CONN_HEALTH_CHECKS": True}

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


def older_secret_keys(env, *, secret):
    """`SECRET_KEY_FALLBACKS`: what `SECRET_KEY` was before, which still opens and no longer signs."""
    keys = env("SECRET_KEY_FALLBACKS", default="").replace(",", " ").split()
    for number, key in enumerate(keys, start=1):
        if key == secret or len(key) < SECRET_LENGTH:
            what = "the SECRET_KEY itself" if key == secret else "too short to have been one"
            raise ImproperlyConfigured(
                f"SECRET_KEY_FALLBACKS: key {number} of {len(keys)} is {what}. Write what SECRET_KEY "
                "was before, several with commas, the newest first."
            )
    return keys


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
        text = _in_file("SEALING_KEYS_FILE", file).strip()
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


def log_format(env):
    """`LOG_FORMAT`: plain lines unless said otherwise."""
    kind = env("LOG_FORMAT", default="line").strip().lower()
    if kind not in FORMATS:
        raise ImproperlyConfigured(f"LOG_FORMAT is “{kind}”: use {' or '.join(FORMATS)}.")
    return kind


def metrics_token(env):
    """`METRICS_TOKEN`: long and without spaces, or empty. A wrong one is not repeated."""
    token = env("METRICS_TOKEN", default="").strip()
    fits = len(token) >= TOKEN_LENGTH and re.fullmatch(r"[\x21-\x7e]+", token)
    if token and not fits:
        raise ImproperlyConfigured(
            f"METRICS_TOKEN is shorter than {TOKEN_LENGTH} characters or holds a space: set a long "
            "random one, for example the output of `python -c 'import secrets; print(secrets.token_urlsafe())'`."
        )
    return token


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
    options = DATABASES[scheme]["OPTIONS"] | config.get("OPTIONS", {})
    return config | DATABASES[scheme] | {"OPTIONS": options}


def limit_statements(databases, seconds):
    """Let PostgreSQL end every statement of this process after so many seconds; 0 is no limit.

    For the server alone: commands, such as a migration, may take their time.
    """
    for config in databases.values():
        if seconds and config["ENGINE"].endswith("postgresql"):
            given = config["OPTIONS"].get("options", "")
            config["OPTIONS"]["options"] = f"{given} -c statement_timeout={seconds}s".strip()


def with_replica(env, primary):
    """The `DATABASES` of settings: the primary and, where `DATABASE_REPLICA_URL` names it, its replica."""
    if not env("DATABASE_REPLICA_URL", default=""):
        return {"default": primary}
    if "postgresql" not in primary["ENGINE"]:
        raise ImproperlyConfigured(
            "DATABASE_REPLICA_URL needs PostgreSQL: remove it, or let DATABASE_URL name a "
            "PostgreSQL server."
        )
    replica = _replica_url(env)
    if all(replica[part] == primary[part] for part in ("HOST", "PORT", "NAME")):
        raise ImproperlyConfigured(
            "DATABASE_REPLICA_URL names the same server as DATABASE_URL: write that of its replica."
        )
    return {"default": primary | WATCHED, "replica": replica | WATCHED}


def _replica_url(env):
    """Nothing is ever written through it, not even where it names a server that would take it."""
    scheme, _colon, rest = env("DATABASE_REPLICA_URL").partition("://")
    try:
        if DATABASES.get(scheme) is not POSTGRESQL or not rest:
            raise ValueError
        config = env.db_url("DATABASE_REPLICA_URL")
    except ValueError as error:
        raise ImproperlyConfigured(REPLICA_HELP) from error
    if "," in config["HOST"] or not config["NAME"]:
        raise ImproperlyConfigured(REPLICA_HELP)
    options = POSTGRESQL["OPTIONS"] | config.get("OPTIONS", {})
    options["options"] = f"{options.get('options', '')} -c default_transaction_read_only=on".strip()
    return config | POSTGRESQL | {"OPTIONS": options, "TEST": {"MIRROR": "default"}}


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


def backup_keys(env):
    """`BACKUP_PUBLIC_KEY`: public keys of age, with commas between them; empty: none is set."""
    value = env("BACKUP_PUBLIC_KEY", default="").strip()
    if not value:
        return ""
    # Only here: a site without backups needs no library for them.
    from pyrage import RecipientError, x25519

    try:
        for key in value.split(","):
            x25519.Recipient.from_str(key.strip())
    except RecipientError as error:
        # Never quoted: it may be the private half.
        raise ImproperlyConfigured(
            "BACKUP_PUBLIC_KEY cannot be read: write the public half, which begins with age1, of a "
            "pair that `manage.py backup --new-key` made."
        ) from error
    return value


def folder(env, name):
    """A folder by its whole path; empty: none is set."""
    value = env(name, default="").strip()
    if value and not value.startswith("/"):
        raise ImproperlyConfigured(f"{name} is “{value}”: write a whole path, which begins with /.")
    return value

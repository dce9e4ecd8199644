"""Typed readers of the environment that refuse what they do not understand."""

from django.core.exceptions import ImproperlyConfigured

ENVIRONMENTS = ("production", "demo", "test")
DEMO_SECRET_PREFIX = "demo-"


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
    if key and (len(key) >= 50 or allow_random):
        return key
    if allow_random:
        return random
    raise ImproperlyConfigured(
        "SECRET_KEY is missing or shorter than 50 characters: set a long random one, for example "
        "the output of `python -c 'import secrets; print(secrets.token_urlsafe(50))'`."
    )


def database_url(env, *, default):
    """`DATABASE_URL` as Django settings: PostgreSQL or SQLite."""
    try:
        config = env.db_url("DATABASE_URL", default=default)
    except Exception as error:
        raise ImproperlyConfigured(
            "DATABASE_URL cannot be read. Write it like postgres://user:password@host:5432/name "
            "or sqlite:////path/to/file.sqlite3."
        ) from error
    if config["ENGINE"] == "django.db.backends.sqlite3":
        config["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 10,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        }
    elif config["ENGINE"] != "django.db.backends.postgresql":
        raise ImproperlyConfigured("DATABASE_URL names another kind: use postgres:// or sqlite://.")
    return config

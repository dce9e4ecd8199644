"""Settings, all from the environment; every variable is listed in docs/operators.md.

The defaults are safe to deploy: development is what must be switched on
(`WAYMARK_ENV=demo`, as `make run` does, or `test`). A wrong value stops the start
with one line that names the variable.
"""

import secrets
from email.utils import formataddr
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF

from config import log_lines
from config.environment import (
    backup_keys,
    database_url,
    env_name,
    folder,
    hosts,
    log_format,
    log_level,
    mail_sender,
    mail_server,
    metrics_token,
    older_secret_keys,
    sealing_keys,
    secret_key,
    site_address,
    switch,
    web_address,
    whole_number,
    with_replica,
    words,
)
from config.secret_files import Env

BASE_DIR = Path(__file__).resolve().parent.parent
env = Env()

ENVIRONMENT = env_name(env)
DEMO = ENVIRONMENT == "demo"
TESTING = ENVIRONMENT == "test"
PRODUCTION = ENVIRONMENT == "production"

DEBUG = False
SECRET_KEY = secret_key(env, allow_random=not PRODUCTION, random=secrets.token_urlsafe(50))
SECRET_KEY_FALLBACKS = older_secret_keys(env, secret=SECRET_KEY)
#: Open what is sealed in the database (`services.at_rest`): the newest first, which also seals.
SEALING_KEYS = sealing_keys(env, production=PRODUCTION, secret=SECRET_KEY)
ALLOWED_HOSTS = hosts(env, default=[] if PRODUCTION else ["127.0.0.1", "localhost"])

SITE_NAME = words(env, "SITE_NAME", default="City services guide")
LEAVE_URL = web_address(env, "LEAVE_URL", default="https://www.wikipedia.org/")
TILE_URL = web_address(env, "TILE_URL", default="")
#: Where links in mails lead; without it, to where the request came in.
SITE_URL = site_address(
    env,
    default="" if PRODUCTION else f"http://127.0.0.1:{env('PORT', default='8000')}",
    production=PRODUCTION,
)
#: A Nominatim server that editors may ask for an address; empty: none is asked.
GEOCODER_URL = web_address(env, "GEOCODER_URL", default="")
#: Answers in every country of the European Union, free, from any phone.
EMERGENCY_NUMBER = words(env, "EMERGENCY_NUMBER", default="112")

INSTALLED_APPS = [
    # Unfold's templates come before Django's; the site of the administration is our own.
    "unfold.apps.BasicAppConfig",
    "config.administration.OfficeAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "corsheaders",
    "csp",
    "django_filters",
    "drf_spectacular",
    "parler",
    "rest_framework",
    "rest_framework_api_key",
    "services",
    "referrals",
    "learning",
    "accounts",
    "operations",
]

MIDDLEWARE = [
    "operations.middleware.Measured",
    "operations.middleware.ProbesByAddress",
    "config.middleware.CompressedPages",
    "config.middleware.PrivacyHeaders",
    "corsheaders.middleware.CorsMiddleware",
    "config.middleware.ContentPolicy",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "config.middleware.LocaleFromChoice",
    "django.middleware.common.CommonMiddleware",
    "config.middleware.FormsOfThisSite",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "accounts.middleware.OfficeSessions",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "config.unavailable.CalmAnswer",
    # Last: it counts what the one before it answers.
    "operations.middleware.DatabaseErrorsCounted",
]

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "office"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
# Addresses are proved by the invitation that they opened.
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = f"[{SITE_NAME}] "
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_FORMS = {"reset_password": "accounts.forms.ResetPasswordForm"}
ACCOUNT_REAUTHENTICATION_METHODS = ["password", "mfa"]
#: Whoever has just shown who they are may set up a second factor for as long as that takes.
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
#: In each process of the server; `accounts.adapter` answers 429.
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "20/m/ip,5/5m/key"}
if DEMO:
    # As strong, and worked out in a tenth of the time: the demo makes its people at every start.
    PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.ScryptPasswordHasher",
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    ]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
MFA_ADAPTER = "accounts.adapter.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_FORMS = {"add_webauthn": "accounts.forms.AddPasskeyForm"}
#: A clock that is half a minute wrong is no reason to be locked out.
MFA_TOTP_TOLERANCE = 1
#: Who has been idle for so long is signed out, and so long after signing in everybody; how long an
#: invitation and an event are kept.
OFFICE_IDLE_SECONDS = 30 * 60
OFFICE_SESSION_SECONDS = 12 * 60 * 60
INVITATION_DAYS = 7
EVENT_DAYS = 365
#: How long a version of a listing is kept; the newest of each always.
VERSION_DAYS = 3 * 365

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.site",
            ]
        },
    }
]

DATABASES = with_replica(
    env, database_url(env, default=f"sqlite:///{BASE_DIR / 'waymark.sqlite3'}")
)
if "replica" in DATABASES:
    DATABASE_ROUTERS = ["config.replicas.Router"]
    # Before anything asks who somebody is; after what needs no database.
    MIDDLEWARE.insert(
        MIDDLEWARE.index("django.contrib.sessions.middleware.SessionMiddleware"),
        "config.replicas.ReadFromReplica",
    )
#: Whom backups are encrypted to, and where they go: `operations.backup`.
BACKUP_PUBLIC_KEY = backup_keys(env)
BACKUP_DIR = folder(env, "BACKUP_DIR")

#: How long PostgreSQL works on one statement for a visitor (`config.wsgi`); 0 is no limit.
STATEMENT_SECONDS = whole_number(env, "STATEMENT_SECONDS", default=10, most=600)

MAIL = mail_server(
    env,
    default="smtp://localhost:25" if PRODUCTION else "consolemail://",
    production=PRODUCTION,
)
EMAIL_BACKEND = MAIL["EMAIL_BACKEND"]
EMAIL_HOST, EMAIL_PORT = MAIL["EMAIL_HOST"], MAIL["EMAIL_PORT"]
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = MAIL["EMAIL_HOST_USER"], MAIL["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS = MAIL.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = MAIL.get("EMAIL_USE_SSL", False)
EMAIL_FILE_PATH = MAIL["EMAIL_FILE_PATH"]
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = mail_sender(env, default=formataddr((SITE_NAME, "no-reply@localhost")))

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    # Who failed to sign in how often: nobody may push that out by failing as many people at once.
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 20000},
    },
    # How often somebody asked in this minute (`services.api.throttling`): in memory alone.
    "requests": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "requests",
        "OPTIONS": {"MAX_ENTRIES": 20000},
    },
}

LANGUAGE_CODE = "en"
LANGUAGES = [
    ("en", "English"),
    ("fr", "Français"),
    ("nl", "Nederlands"),
    ("de", "Deutsch"),
    ("it", "Italiano"),
    ("sv", "Svenska"),
]
#: With it a browser takes a cookie from this very host alone, never from a neighbour in its domain
#: (https://developer.mozilla.org/docs/Web/HTTP/Cookies#cookie_prefixes). It asks for HTTPS.
COOKIE_PREFIX = "__Host-" if PRODUCTION else ""
LANGUAGE_COOKIE_NAME = f"{COOKIE_PREFIX}language"
LANGUAGE_COOKIE_SECURE = PRODUCTION
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["config.formats"]
USE_TZ = True
TIME_ZONE = "UTC"

PARLER_LANGUAGES = {
    None: tuple({"code": code} for code, _name in LANGUAGES),
    "default": {"fallbacks": ["en"], "hide_untranslated": False},
}
PARLER_ENABLE_CACHING = False

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if TESTING
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        )
    },
}
# In tests a file is looked for when it is asked for: every client would list them all beforehand.
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = TESTING

# Privacy: see docs/privacy.md.
SECURE_REFERRER_POLICY = "no-referrer"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_SSL_REDIRECT = switch(env, "SECURE_SSL_REDIRECT", default=PRODUCTION)
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = whole_number(
    env, "SECURE_HSTS_SECONDS", default=31536000 if PRODUCTION else 0
)
SECURE_HSTS_INCLUDE_SUBDOMAINS = PRODUCTION
SECURE_HSTS_PRELOAD = PRODUCTION
BEHIND_PROXY = switch(env, "BEHIND_PROXY", default=False)
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if BEHIND_PROXY else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SESSION_ENGINE = "accounts.session_store"
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrftoken"
MESSAGE_STORAGE = "config.messages.Messages"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
#: How long the server keeps an unused session of a browser that never closes.
SESSION_COOKIE_AGE = 12 * 60 * 60
CSRF_COOKIE_AGE = None
CSRF_FAILURE_VIEW = "config.pages.form_refused"
# `FormsOfThisSite` is Django's middleware with one exception; the check knows only the original.
SILENCED_SYSTEM_CHECKS = ["security.W003"]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, *(["https://" + urlsplit(TILE_URL).netloc] if TILE_URL else [])],
        "font-src": [SELF],
        "connect-src": [SELF],
        # The page that keeps a city names its worker (`referrals.offline.views`); no other may start one.
        "worker-src": [NONE],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

#: The guided flow's answers: an encrypted cookie, gone with the browser or after this idle time.
GUIDE_COOKIE = f"{COOKIE_PREFIX}guide"
GUIDE_IDLE_SECONDS = 30 * 60
#: The same for practice on invented cases, apart from it.
PRACTICE_COOKIE = f"{COOKIE_PREFIX}practice"

#: How long a city stays on a device where somebody keeps it; 0: nothing can be kept.
OFFLINE_DAYS = whole_number(env, "OFFLINE_DAYS", default=7, most=30)

DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
#: Files come by spreadsheets of the back office alone: what is larger than they may be is not kept.
FILE_UPLOAD_HANDLERS = [
    "services.sheets.uploads.SmallFilesOnly",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
#: What a city sends the plan API is small; anything larger is refused unread.
API_MAX_BODY_BYTES = 64 * 1024
#: Requests a minute of one address, and of one partner's key; 0 is no limit.
API_REQUESTS_PER_MINUTE = whole_number(
    env,
    "API_REQUESTS_PER_MINUTE",
    default={"production": 1200, "demo": 60000, "test": 0}[ENVIRONMENT],
)
API_KEY_REQUESTS_PER_MINUTE = whole_number(
    env,
    "API_KEY_REQUESTS_PER_MINUTE",
    default={"production": 12000, "demo": 60000, "test": 0}[ENVIRONMENT],
)
#: Reports of problems an hour of one address, or one signed-in person; 0 is no limit.
REPORTS_PER_HOUR = whole_number(
    env, "REPORTS_PER_HOUR", default={"production": 20, "demo": 20, "test": 0}[ENVIRONMENT]
)
#: What happened at doors, an hour of one address, or one signed-in person; 0 is no limit.
SIGNALS_PER_HOUR = whole_number(
    env, "SIGNALS_PER_HOUR", default={"production": 60, "demo": 60, "test": 0}[ENVIRONMENT]
)

#: Requests to join the network that an address may send in an hour; 0 is no limit.
JOIN_REQUESTS_PER_HOUR = whole_number(
    env,
    "JOIN_REQUESTS_PER_HOUR",
    default={"production": 10, "demo": 1000, "test": 0}[ENVIRONMENT],
)
#: So long a referral that closed can still be looked up; then only its count is left.
REFERRAL_KEPT_DAYS = whole_number(env, "REFERRAL_KEPT_DAYS", default=30, most=365)
#: How often an address may open links of mails in a minute; 0 is no limit.
CHECK_REQUESTS_PER_MINUTE = 0 if TESTING else 60

# The directory may be read from any page; no cookie goes along.
CORS_ALLOW_ALL_ORIGINS = True
CORS_URLS_REGEX = r"^/api/"
CORS_ALLOW_METHODS = ["GET", "HEAD", "OPTIONS", "POST"]
CORS_ALLOW_HEADERS = ["accept", "accept-language", "authorization", "content-type", "if-none-match"]
CORS_EXPOSE_HEADERS = ["ETag", "Content-Language", "Retry-After"]

REST_FRAMEWORK = {
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAdminUser"],
    "DEFAULT_AUTHENTICATION_CLASSES": ["services.api.keys.PartnerKeyAuthentication"],
    "DEFAULT_THROTTLE_CLASSES": [
        "services.api.throttling.PerAddress",
        "services.api.throttling.PerKey",
    ],
    "NUM_PROXIES": 1 if BEHIND_PROXY else 0,
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["services.api.parsers.StrictJSONParser"],
    # `format` is a parameter of HSDS.
    "URL_FORMAT_OVERRIDE": None,
    "DEFAULT_SCHEMA_CLASS": "services.api.openapi.Schema",
    "EXCEPTION_HANDLER": "services.api.problems.problem_response",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Waymark API",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    # `services.api.openapi` puts the operations in order and writes the rest.
    "SORT_OPERATIONS": False,
    "PREPROCESSING_HOOKS": ["services.api.openapi.without_twins"],
    "POSTPROCESSING_HOOKS": ["services.api.openapi.with_the_rest"],
}

#: What `/metrics` wants to be shown; empty: there is no such page.
METRICS_TOKEN = metrics_token(env)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    **log_lines.console(log_format(env)),
    "root": {"handlers": ["console"], "level": log_level(env)},
    "loggers": {
        "django": {"handlers": [], "propagate": True, "level": "INFO"},
        "django.server": {"handlers": [], "propagate": True, "level": "INFO"},
        "django.request": {"handlers": [], "propagate": True, "level": "WARNING"},
        # Gunicorn's own lines pass the same filter as everybody's.
        "gunicorn.error": {"handlers": [], "propagate": True},
        "gunicorn.access": {"handlers": [], "propagate": True},
        # SQL is never logged: parameters could hold a search.
        "django.db.backends": {"handlers": [], "propagate": False},
        # Nor is an address that was looked up.
        "geopy": {"handlers": [], "propagate": False},
    },
}
DEFAULT_EXCEPTION_REPORTER = "config.logs.QuietReport"
DEFAULT_EXCEPTION_REPORTER_FILTER = "config.logs.NoFormData"

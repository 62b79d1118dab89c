"""Settings of the portal, all from the environment (see `.env.example`, read by grs/env.py).

Nothing secret has a default: on one machine `make run` makes the secrets once and keeps them in
the state folder; anywhere else they have to be given.
"""

from datetime import timedelta
from pathlib import Path

import dj_database_url
from csp.constants import NONCE, NONE, SELF

from grs import env, providers
from grs.logs import logging_config
from grs.oauth import OAUTH
from grs.schedule import SCHEDULE

BASE_DIR = Path(__file__).resolve().parent.parent
STATE_DIR = Path(env.text("GRS_STATE_DIR", str(BASE_DIR / "var"))).resolve()

# --- Which installation is this -------------------------------------------------------------

COUNTRY = env.choice("GRS_COUNTRY", ("bd", "id"), "bd")
DEBUG = env.flag("GRS_DEBUG")
#: An installation in which agencies try their systems: a demonstration that can be played with.
SANDBOX = env.flag("GRS_SANDBOX")
DEMO = env.flag("GRS_DEMO") or SANDBOX
#: Where a sandbox is, for the registrars of the real installation.
SANDBOX_URL = env.text("GRS_SANDBOX_URL").rstrip("/")
#: How many proxies of ours stand in front and add to X-Forwarded-For.
PROXIES = env.number("GRS_PROXIES", 0)
PUBLIC_URL = env.text("GRS_PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")
#: The password of the demonstration's people. Everybody knows the usual one, so a sandbox that others can
#: reach has none unless it is given one.
DEMO_PASSWORD = env.text("GRS_DEMO_PASSWORD") or (
    "" if SANDBOX and not env.is_here(PUBLIC_URL) else "demo-portal-2026"
)
ALLOWED_HOSTS = env.words("GRS_ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]" if DEMO else "")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
HTTPS = PUBLIC_URL.startswith("https://") or not (DEBUG or DEMO)
#: Where a quick exit leads: a page that anybody might read. "/" is the portal's own start page.
EXIT_URL = env.harmless_page(
    "GRS_EXIT_URL", {"bd": "https://bn.wikipedia.org/", "id": "https://id.wikipedia.org/"}[COUNTRY]
)

# --- Secrets --------------------------------------------------------------------------------

SECRET_KEY = env.required("GRS_SECRET_KEY", "it signs sessions and forms")
env.required("GRS_TRACKING_KEY", "HMAC keys of secrets that open a case; the first makes new ones")
TRACKING_KEYS = env.words("GRS_TRACKING_KEY")
INDEX_KEY = env.required("GRS_INDEX_KEY", "the HMAC key by which contacts are found again")
env.required("GRS_CONTACT_KEYS", "Fernet keys, comma-separated; the first one encrypts contacts")
CONTACT_KEYS = env.words("GRS_CONTACT_KEYS")
RECORD_KEY = env.key("GRS_RECORD_KEY", "it signs the record's daily heads and receipts (Ed25519)")
#: Fingerprints of keys that signed before; the record believes no other.
RECORD_FORMER_KEYS = env.words("GRS_RECORD_FORMER_KEYS")
METRICS_TOKEN = env.text("GRS_METRICS_TOKEN")
INSTANCE_TOKEN = env.text("GRS_INSTANCE_TOKEN")

# --- Rooms ----------------------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "allauth",
    "allauth.account",
    "allauth.headless",
    "allauth.mfa",
    "anymail",
    "csp",
    "django_htmx",
    "django_prometheus",
    "accounts",
    "agencies",
    "routing",
    "record",
    "complaints",
    "channels",
    "oversight",
    "fairplay",
    "console",
    "oauth2_provider",
    "systems",
]
MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "grs.middleware.RequestLogMiddleware",
    "grs.middleware.BodyLimitMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "grs.middleware.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "grs.middleware.LanguagePrefixMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "complaints.middleware.ActorMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]
ROOT_URLCONF = "grs.urls"
WSGI_APPLICATION = "grs.wsgi.application"
LOADERS = ("filesystem.Loader", "app_directories.Loader")
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [("grs.quick.Loader", [f"django.template.loaders.{at}" for at in LOADERS])],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "csp.context_processors.nonce",
                "grs.context.portal",
            ],
            # `i18n` and `static` are Django's own, quickened.
            "libraries": {
                name: f"grs.templatetags.{name}"
                for name in ("portal", "rows", "parts", "i18n", "static")
            },
        },
    }
]
if SANDBOX:
    MIDDLEWARE.insert(1, "grs.middleware.SandboxMiddleware")
# Every form in govuk-frontend's markup; widgets' own templates come with django.forms.
FORM_RENDERER = "grs.renderer.PortalRenderer"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Database, cache, sessions --------------------------------------------------------------

DATABASE_URL = env.required("DATABASE_URL", "the PostgreSQL database of the portal")
# Only the commands that change the schema use the owner's address (set by manage.py).
if env.flag("GRS_AS_OWNER"):
    DATABASE_URL = env.text("DATABASE_ADMIN_URL", DATABASE_URL)
DATABASES = {
    "default": {
        **dj_database_url.parse(DATABASE_URL, conn_max_age=600, conn_health_checks=True),
        "ENGINE": "django.db.backends.postgresql",
        "ATOMIC_REQUESTS": False,
        "TEST": {"NAME": env.text("GRS_TEST_DATABASE") or None, "TEMPLATE": "template0"},
    }
}
REDIS_URL = env.redis_database(env.required("REDIS_URL", "the Redis or Valkey server"), 0)
CACHES = {
    "default": {
        "BACKEND": "grs.cache.ForgivingRedisCache",
        "LOCATION": env.text("GRS_CACHE_URL") or env.redis_database(REDIS_URL, 1),
        "KEY_PREFIX": "grs",
        "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 1},
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_AGE = int(timedelta(hours=12).total_seconds())
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# --- Background work ------------------------------------------------------------------------

CELERY_BROKER_URL = env.celery_broker(REDIS_URL)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A page that asks for a task must not hang while the broker is down: it tries once, shortly.
CELERY_BROKER_CONNECTION_TIMEOUT = 2
CELERY_TASK_PUBLISH_RETRY = False
# A killed worker's tasks come back after the visibility timeout and kombu's next restore sweep;
# these bring that from minutes to about a minute and a half. Tasks are short and repeatable.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 60,
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
    "socket_timeout": 10,
    "socket_connect_timeout": 2,
}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 50
CELERY_TASK_SOFT_TIME_LIMIT = 40
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULER = "redbeat.RedBeatScheduler"
CELERY_BEAT_MAX_LOOP_INTERVAL = 5
CELERY_REDBEAT_REDIS_URL = REDIS_URL
CELERY_REDBEAT_REDIS_OPTIONS = {"socket_timeout": 10, "socket_connect_timeout": 2}
CELERY_REDBEAT_LOCK_TIMEOUT = 60
CELERY_BEAT_SCHEDULE = SCHEDULE
HEALTH_MAX_HEARTBEAT_AGE = timedelta(minutes=5)
HEALTH_MAX_OUTBOX_AGE = timedelta(minutes=15)
HEALTH_MAX_LOG_AGE = timedelta(minutes=5)

# --- Languages, time ------------------------------------------------------------------------

LANGUAGES = [("en", "English"), ("bn", "বাংলা"), ("id", "Bahasa Indonesia")]
COUNTRY_LANGUAGES = {"bd": ("bn", "en"), "id": ("id", "en")}[COUNTRY]
LANGUAGE_CODE = COUNTRY_LANGUAGES[0]
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_HTTPONLY = True
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = {"bd": "Asia/Dhaka", "id": "Asia/Jakarta"}[COUNTRY]

# --- Sign-in --------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backend.PortalBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in [
        ("UserAttributeSimilarityValidator", {}),
        ("MinimumLengthValidator", {"min_length": 10}),
        ("CommonPasswordValidator", {}),
        ("NumericPasswordValidator", {}),
    ]
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
#: In the language of whoever signs out.
LOGOUT_REDIRECT_URL = "start"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_EMAIL_VERIFICATION = "none"
# Behind a proxy all visitors would else share its address, and ten wrong passwords shut out all.
ALLAUTH_TRUSTED_PROXY_COUNT = PROXIES
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key"}
# On the pages one signs in with an e-mail address alone; a native app with a telephone and a code
# (complaints/api/sign_in.py), and only for the API.
ACCOUNT_ADAPTER = "complaints.sign_in.PortalAdapter"
HEADLESS_TOKEN_STRATEGY = "complaints.sign_in.PortalTokens"  # noqa: S105 - a class
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = int(timedelta(minutes=15).total_seconds())
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_ADAPTER = "complaints.sign_in.PortalSecondFactors"
MFA_TOTP_ISSUER = {"bd": "GRS", "id": "Portal Pengaduan Nasional"}[COUNTRY]

# --- What the browser is told ---------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        # Browsers ask about where a form's answer leads, too.
        "form-action": [SELF, *env.origin(EXIT_URL)],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = HTTPS and env.flag("GRS_SSL_REDIRECT", True)
# The health pages are asked from inside, without TLS.
SECURE_REDIRECT_EXEMPT = [r"^healthz/", r"^metrics$"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "grs.errors.csrf_failure"
if env.flag("GRS_BEHIND_PROXY"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- Files ----------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.text("GRS_STATIC_DIR", str(STATE_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or env.flag("GRS_TESTING")
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = DEBUG or env.flag("GRS_TESTING")
# Uploads lie outside the web root and are served only by a view that asks the read rule.
MEDIA_ROOT = Path(env.text("GRS_FILES_DIR", str(STATE_DIR / "files")))
MEDIA_URL = ""
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
FILES_MAX_BYTES = env.number("GRS_FILES_MAX_MB", 10) * 1024 * 1024
FILES_A_MOVE = 10
# So many ordered files are made at once, by all workers together: the others do what is urgent.
FILES_MADE_AT_ONCE = env.number("GRS_FILES_MADE_AT_ONCE", 1)
DATA_UPLOAD_MAX_MEMORY_SIZE = 3 * 1024 * 1024

# --- E-mail, API, logs ----------------------------------------------------------------------

# A demonstration without a mail server keeps its letters as files, to be read there.
EMAIL_BACKEND = (
    "django.core.mail.backends.filebased.EmailBackend"
    if SANDBOX or (DEMO and not env.text("GRS_EMAIL_HOST"))
    else "django.core.mail.backends.smtp.EmailBackend"
)
EMAIL_FILE_PATH = STATE_DIR / "mail"
EMAIL_HOST = env.text("GRS_EMAIL_HOST", "localhost")
EMAIL_PORT = env.number("GRS_EMAIL_PORT", 587)
EMAIL_HOST_USER = env.text("GRS_EMAIL_USER")
EMAIL_HOST_PASSWORD = env.text("GRS_EMAIL_PASSWORD")
EMAIL_USE_TLS = env.flag("GRS_EMAIL_TLS", True)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.text("GRS_EMAIL_FROM", "no-reply@localhost")
# Providers of the channels; a demonstration simulates those that are not given (grs/providers.py).
# The simulator is open to whoever reaches it, so it stays on the machine itself.
SIMULATOR = DEMO and not env.flag("GRS_TESTING") and env.is_here(PUBLIC_URL)
# From a sandbox nothing leaves, whatever the environment says.
PROVIDERS = providers.providers(public_url=PUBLIC_URL, simulate=SIMULATOR, real=not SANDBOX)
# Anymail's names of the same: an installation has one mail service, so one key is enough.
ANYMAIL = providers.anymail(PROVIDERS["inbox"])
# How SMS leave: `log` sends nothing and writes only length and reference to the log.
SMS_GATEWAY = providers.sms_gateway(PROVIDERS, real=not SANDBOX)
# Where push services may be is anywhere, but on this machine only in a demonstration.
PUSH_TO_PRIVATE = SIMULATOR or env.flag("GRS_TESTING")
# Channels by which people can answer: what they are told depends on it.
REPLIES_BY = frozenset(
    channel
    for channel, is_two_way in {
        "sms": SMS_GATEWAY != "log",
        "email": bool(PROVIDERS["inbox"]["address"]),
        "whatsapp": bool(PROVIDERS["whatsapp"]["token"]),
        "messenger": bool(PROVIDERS["messenger"]["token"]),
        "x": bool(PROVIDERS["x"]["access_token"]),
    }.items()
    if is_two_way
)

# --- Systems of agencies --------------------------------------------------------------------

# Webhooks of systems go to the open internet by TLS; elsewhere only where this is wanted.
WEBHOOKS_TO_PRIVATE = env.flag("GRS_WEBHOOKS_TO_PRIVATE", SIMULATOR or env.flag("GRS_TESTING"))
# A client of the OAuth library is a system that has joined.
OAUTH2_PROVIDER_APPLICATION_MODEL = "systems.System"
OAUTH2_PROVIDER = OAUTH

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "systems.access.authentication.SystemAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "complaints.api.schema.ApiSchema",
    "EXCEPTION_HANDLER": "complaints.api.problems.exception_handler",
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.CursorPagination",
    "PAGE_SIZE": 50,
    "DEFAULT_THROTTLE_RATES": {"read": "600/hour"},
    "NUM_PROXIES": PROXIES,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Complaint portal",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "complaints.api.schema_whole.schema_of_all",
    ],
    "WEBHOOKS": ["systems.out.described.CASE_EVENT"],
    "ENUM_NAME_OVERRIDES": {"CaseState": "complaints.models.case.Status"},
}
PROMETHEUS_EXPORT_MIGRATIONS = False
LOGGING_CONFIG = "logging.config.dictConfig"
LOGGING = logging_config(env.text("GRS_LOG_LEVEL", "INFO"), plain=env.flag("GRS_LOG_PLAIN"))
#: W003: two of our libraries of tags stand in for Django's of the same name, on purpose (see TEMPLATES).
SILENCED_SYSTEM_CHECKS = ["templates.W003"]

"""Settings of the desk; all that differs from place to place comes from the environment."""

import os
import secrets
from pathlib import Path
from urllib.parse import unquote, urlsplit

BASE_DIR = Path(__file__).resolve().parent

#: The portal, and who we are there. The secret belongs into the environment, never into the code.
PORTAL_URL = os.environ.get("PORTAL_URL", "http://127.0.0.1:8001").rstrip("/")
PORTAL_CLIENT_ID = os.environ.get("PORTAL_CLIENT_ID", "")
PORTAL_CLIENT_SECRET = os.environ.get("PORTAL_CLIENT_SECRET", "")
#: Where the portal reaches us.
DESK_URL = os.environ.get("DESK_URL", "http://127.0.0.1:8100").rstrip("/")

# Nothing is signed that has to outlive a restart: there are no sessions.
SECRET_KEY = os.environ.get("DESK_SECRET_KEY") or secrets.token_urlsafe(50)
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1", "localhost", urlsplit(DESK_URL).hostname]
INSTALLED_APPS = ["desk"]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "urls"
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
USE_TZ = True
TIME_ZONE = os.environ.get("TZ") or "Asia/Dhaka"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"lines": {"class": "logging.StreamHandler"}},
    "loggers": {"desk": {"handlers": ["lines"], "level": "INFO"}},
}


def _database(url):
    """postgresql://user:password@host:port/name; the host may be the folder of a socket (%2Frun…)."""
    parts = urlsplit(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
    }


DATABASES = {"default": _database(os.environ.get("DATABASE_URL", "postgresql:///desk"))}

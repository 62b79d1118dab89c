"""The portal as an app: its manifest, its service worker, and the page for when there is no network.

What the worker keeps on a device is named here, and is the same for everybody: never a page of a
case, a receipt, an officer or a form that somebody filled in.
"""

import json
from functools import lru_cache
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils import translation
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from channels.app.forms import OfflineForm

COLOUR = "#0b5a52"
#: Seconds for which a browser may keep the manifest.
HOUR = 3600
#: Shapes of the icon: its file's name, its size in pixels, what it is for.
ICONS = (
    ("icon-192.png", 192, "any"),
    ("icon-512.png", 512, "any"),
    ("icon-maskable-192.png", 192, "maskable"),
    ("icon-maskable-512.png", 512, "maskable"),
)
#: What the offline page needs beside itself.
STATIC = (
    "build/portal.css",
    "build/govuk-frontend.min.js",
    "build/portal.js",
    "build/kept.js",
    "build/offline.js",
    "build/leave.js",
    "images/mark.svg",
)
#: Scripts that the worker itself is made of.
WORKER = ("build/kept.js", "build/worker.js")
OFFLINE = "app/offline/"
#: Files of which the offline page is made; `.built` stands for style sheet and scripts.
MADE_OF = (
    "templates/base.html",
    "templates/components/*.html",
    "templates/forms/*.html",
    "templates/channels/offline.html",
    "locale/*/LC_MESSAGES/django.mo",
    "static/build/.built",
)
#: A receipt without anything in it: the page's script fills it in.
NOTHING = {"number": "", "secret": "", "withdrawal_secret": "", "track_url": ""}


def _language() -> str:
    return (get_language() or settings.LANGUAGE_CODE)[:2]


def _root(request: HttpRequest) -> str:
    """Where the portal begins, without a language: "/", or what a proxy puts in front of it."""
    return f"{request.META.get('SCRIPT_NAME', '').rstrip('/')}/"


@lru_cache(maxsize=1)
def _release() -> str:
    """Changes with the offline page, its frame, its words and its scripts, whatever they are named."""
    digest = sha256()
    for path in sorted(file for pattern in MADE_OF for file in settings.BASE_DIR.glob(pattern)):
        digest.update(path.read_bytes())
    return digest.hexdigest()


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """The web app manifest, in the language of its address; browsers ask for it without cookies."""
    root, language = _root(request), _language()
    home = f"{root}{language}/"
    body = {
        # In whatever language it was installed: it is the same app.
        "id": root,
        "name": _("National Complaint Portal"),
        "short_name": _("Complaints"),
        "description": _("Complain about any public office or service, and follow the answer."),
        "lang": language,
        "dir": "ltr",
        "start_url": home,
        "scope": root,
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": COLOUR,
        "categories": ["government"],
        "icons": [
            {
                "src": static(f"images/{name}"),
                "sizes": f"{size}x{size}",
                "type": "image/png",
                "purpose": purpose,
            }
            for name, size, purpose in ICONS
        ],
        "shortcuts": [
            {"name": _("Make a complaint"), "url": f"{home}complaints/new/"},
            {"name": _("Follow a complaint"), "url": f"{home}complaints/track/"},
            {"name": _("Write without a network"), "url": f"{home}{OFFLINE}"},
        ],
    }
    response = JsonResponse(body, content_type="application/manifest+json")
    patch_cache_control(response, public=True, max_age=HOUR)
    return response


def _name() -> str:
    """The portal's name in the country's language: the worker is the same for all readers."""
    with translation.override(settings.LANGUAGE_CODE):
        return _("National Complaint Portal")


@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """The service worker, for all addresses. It changes whenever one of the files it keeps does."""
    root = _root(request)
    shell: dict[str, Any] = {
        "name": _name(),
        "root": root,
        "languages": [code for code, _name in settings.LANGUAGES],
        "language": settings.LANGUAGE_CODE,
        "offline": OFFLINE,
        "files": [static(name) for name in STATIC],
        "icon": static("images/icon-192.png"),
        "badge": static("images/badge.png"),
    }
    shell["version"] = sha256(f"{json.dumps(shell)}{_release()}".encode()).hexdigest()[:12]
    scripts = ", ".join(json.dumps(static(name)) for name in WORKER)
    body = f"const SHELL = {json.dumps(shell)};\nimportScripts({scripts});\n"
    response = HttpResponse(body, content_type="text/javascript; charset=utf-8")
    response["Service-Worker-Allowed"] = root
    response["Cache-Control"] = "no-cache"
    return response


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """Write a complaint that is sent once there is a network. Kept by the worker, without cookies."""
    context = {"writing": OfflineForm(), "nothing": NOTHING}
    response = render(request, "channels/offline.html", context)
    if not request.user.is_authenticated:
        patch_cache_control(response, public=True, max_age=0)
    return response

"""What every page may use: the country, the three languages with links to this page in each."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import get_script_prefix
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from channels.push.keys import public_key
from grs.navigation import entries

COUNTRY_NAMES = {"bd": _("Bangladesh"), "id": _("Indonesia")}
#: In which the country's rules say why.
NOTES_LANGUAGES = {"bd": "bn", "id": "id"}


def portal(request: HttpRequest) -> dict[str, Any]:
    """Context for all templates.

    `languages` is a list of `{code, name, url, current}`: the same page, query included, in each.
    `at_work`: an officer's screens are open to the reader; nothing is kept on such a device then.
    `push_key` is empty where no news goes to devices. `exit_url`: where a quick exit leads.
    """
    outer = request.META.get("SCRIPT_NAME", "").rstrip("/")
    query = request.META.get("QUERY_STRING", "")
    here = request.path_info + (f"?{query}" if query and request.method == "GET" else "")
    current, navigation = get_language(), entries(request)
    return {
        "country": settings.COUNTRY,
        "country_name": COUNTRY_NAMES[settings.COUNTRY],
        "zone": settings.TIME_ZONE,
        "home": get_script_prefix(),
        "root": f"{outer}/",
        "notes_language": NOTES_LANGUAGES[settings.COUNTRY],
        "portal_name": _("National Complaint Portal"),
        "navigation": navigation,
        "demo": settings.DEMO,
        "sandbox": settings.SANDBOX,
        "simulator": settings.SIMULATOR,
        "at_work": any(entry.work for entry in navigation),
        "push_key": public_key(),
        "exit_url": settings.EXIT_URL,
        "public_url": settings.PUBLIC_URL,
        "request_id": getattr(request, "request_id", ""),
        "languages": [
            {
                "code": code,
                "name": name,
                "url": f"{outer}/{code}{here}",
                "current": code == current,
            }
            for code, name in settings.LANGUAGES
        ],
    }

"""The simulator is there in a demonstration on this machine, and nowhere else."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase

View = Callable[..., HttpResponseBase]


def only_in_demonstration(view: View) -> View:
    """404 where nothing is simulated."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not settings.SIMULATOR:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded

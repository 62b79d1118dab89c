"""The wiring: settings, addresses, middleware, Celery, and the servers of one machine.

Nothing in the other rooms imports from here.
"""

from grs.celery import app as celery_app

__all__ = ["celery_app"]

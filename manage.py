#!/usr/bin/env python
"""Django's command line for the portal.

Where no DATABASE_URL is given it finds the database and broker of a running `make run`, or starts
the embedded ones for the length of the command (see grs/machine/attach.py).
"""

import os
import sys


def main() -> None:
    """Prepare the environment, then hand over to Django."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "grs.settings")
    from grs.machine.attach import prepare_environment

    prepare_environment(sys.argv)
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()

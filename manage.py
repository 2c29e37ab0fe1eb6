#!/usr/bin/env python
"""Django's command line for the planning portal."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "planning_portal.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        # A mistake of whoever runs the portal: its sentence helps, a traceback would hide it.
        sys.exit(f"The portal is not set up: {error}")


if __name__ == "__main__":
    main()

"""The WSGI application that granian serves: finished tiles past Django, everything else through it."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "geo_portal.settings")
_django = get_wsgi_application()

from tiles.fastpath import FastPath  # noqa: E402 - its models need a Django that is set up

application = FastPath(_django)

"""The WSGI application that granian serves: finished tiles past Django, everything else through it."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "geo_portal.settings")
_django = get_wsgi_application()

from geo_portal import hang_guard, session_limits  # noqa: E402 - these need a Django that is set up
from tiles.http.fast_path import FastPath  # noqa: E402

session_limits.observe()
hang_guard.start()
application = FastPath(_django)

# What is loaded now stays, half a million objects: without this the collector looks at all of them again and again,
# and every request of the process waits 0.1 to 0.4 s for it. The views are loaded first, which the first page would do.
_ = get_resolver().url_patterns
gc.collect()
gc.freeze()

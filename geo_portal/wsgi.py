"""The WSGI application: finished tiles past Django, everything else through it.

`geo_portal/web_server.py` serves it. No thread and no connection begins here, for the servers are forks of the process
that has loaded this.
"""

import gc
import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver
from django.utils import translation

from geo_portal.startup import refuse_what_is_not_ready

refuse_what_is_not_ready()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "geo_portal.settings")
_django = get_wsgi_application()

from geo_portal import session_limits  # noqa: E402 - these need a Django that is set up
from tiles.http.fast_path import FastPath  # noqa: E402

session_limits.observe()
application = FastPath(_django)

# What is loaded now stays, half a million objects: without this the collector looks at all of them again and again,
# and every request of the process waits 0.1 to 0.4 s for it. Views and words are loaded first, which the first pages
# would do.
_ = get_resolver().url_patterns
for _code, _name in settings.LANGUAGES:
    with translation.override(_code):
        translation.gettext("")
gc.collect()
gc.freeze()

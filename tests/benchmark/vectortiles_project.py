"""The smallest Django project that serves one table by django-vectortiles, as its README shows.

Runs in the environment of `bench_tiles_others`, not in ours. That tells it by environment variables which database
(BENCH_DATABASE, JSON), which table (BENCH_SCHEMA, BENCH_TABLE) and which columns (BENCH_COLUMNS, JSON) to read.
"""

import json
import os

from django.conf import settings

COLUMNS = tuple(json.loads(os.environ["BENCH_COLUMNS"]))

settings.configure(
    SECRET_KEY="only-for-a-benchmark",
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=["django.contrib.gis"],
    MIDDLEWARE=["django.middleware.common.CommonMiddleware"],  # it writes the Content-Length
    DATABASES={
        "default": {
            "ENGINE": "django.contrib.gis.db.backends.postgis",
            "CONN_MAX_AGE": None,
            "OPTIONS": {"options": f"-c search_path={os.environ['BENCH_SCHEMA']},public"},
            **json.loads(os.environ["BENCH_DATABASE"]),
        }
    },
)

from django.core.wsgi import get_wsgi_application  # noqa: E402

application = get_wsgi_application()

from django.contrib.gis.db import models  # noqa: E402
from vectortiles import VectorLayer  # noqa: E402
from vectortiles.views import MVTView  # noqa: E402

# The types of the columns do not matter: their values go from PostGIS into the tile without passing Python.
Point = type(
    "Point",
    (models.Model,),
    {
        "__module__": __name__,
        "Meta": type("Meta", (), {"app_label": "points", "managed": False, "db_table": os.environ["BENCH_TABLE"]}),
        "geom": models.PointField(srid=4326),
        **{column: models.TextField() for column in COLUMNS},
    },
)


class PointLayer(VectorLayer):
    model = Point
    id = "points"
    tile_fields = COLUMNS
    tile_buffer = 64


class PointTiles(MVTView):
    layer_classes = [PointLayer]


urlpatterns = [PointTiles.get_url(prefix="points")]

"""A geometry's bytes in a few characters, made by the database."""

from django.db.models import Func, TextField


class Fingerprint(Func):
    """Of a geometry's bytes, so that comparing two of them reads neither."""

    template = "md5(ST_AsBinary(%(expressions)s))"
    output_field = TextField()

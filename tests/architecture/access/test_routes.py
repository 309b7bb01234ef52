"""A route that is not in the table fails, so nobody can add a page without saying who may see it."""

from tests.architecture.access.routes import all_names, routes
from tests.architecture.access.table import rows


def test_every_route_is_in_the_table():
    assert {name for name, _view in routes()} - {row[0] for row in rows("READS")} == set()


def test_the_table_names_no_route_that_is_gone():
    named = {row[0] for kind in ("READS", "WRITES") for row in rows(kind)}
    assert named - all_names() == set()

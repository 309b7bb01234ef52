"""How fast a file becomes a layer, beside ogr2ogr on the same file in the same run."""

from tests.benchmark.harness import Context, Row, benchmark


@benchmark("import")
def measure(context: Context) -> list[Row]:
    return []

"""Loading a file, for every test of loaded layers."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from layers.importing.import_report import Report
from layers.importing.options import LoadOptions
from layers.importing.vector_loading import load
from layers.models import Layer
from tests.data.gis_files import gbk_ponds
from tests.data.published import make_public


@pytest.fixture
def load_file() -> Callable[..., Report]:
    """Load a file, and open a new layer to the public unless `visibility` says internal."""

    def run(path: Path, visibility: str = Layer.Visibility.PUBLIC, **options: Any) -> Report:
        report = Report()
        version = load(LoadOptions(path=path, file_name=path.name, **options), report)
        if version and version.number == 1 and visibility == Layer.Visibility.PUBLIC:
            make_public(version.layer.slug)
        return report

    return run


@pytest.fixture
def ponds(world: Any, tmp_path: Path, load_file: Callable[..., Report]) -> Layer:
    """A public layer of three squares in the district."""
    load_file(gbk_ponds(tmp_path), slug="ponds", title="小微水体", key="编号")
    return Layer.objects.get(slug="ponds")


@pytest.fixture
def secret_ponds(ponds: Layer) -> Layer:
    """The same, for signed-in people only."""
    Layer.objects.filter(pk=ponds.pk).update(visibility=Layer.Visibility.INTERNAL)
    ponds.refresh_from_db()
    return ponds

"""Layers that the public sees, for tests of what it sees."""

from datetime import date

from accounts.models import Department
from layers.catalogue.publication import every_field
from layers.models import Layer


def make_public(slug: str) -> Layer:
    """A loaded layer with everything said about it and all its fields open; revision and audit stay as they were."""
    layer = Layer.objects.select_related("current_version").get(slug=slug)
    department, _ = Department.objects.get_or_create(code="surveyors", defaults={"name": "区测绘院"})
    facts = {"source": "测试", "licence": "测试", "review_number": "不需要审图", "data_date": date(2026, 1, 2)}
    Layer.objects.filter(pk=layer.pk).update(
        visibility=Layer.Visibility.PUBLIC, public_fields=every_field(layer), department=department, **facts
    )
    layer.refresh_from_db()
    return layer

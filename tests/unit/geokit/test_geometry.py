"""Geometries made valid, Multi, flat and WGS 84 - or refused row by row."""

import numpy as np
import pytest
import shapely
from pyproj import CRS

from geokit.geometry.repair import POLYGON, Cleaned, Cleaner, commonest_family, family_of_name, parts_of
from tests.data.gis_files import bow_tie, project, square


def clean(
    *geometries: object, policy: str = "repair", family: str = POLYGON, epsg: int = 4326, swap: bool = False
) -> Cleaned:
    cleaner = Cleaner(CRS.from_epsg(epsg), family, swap_axes=swap, policy=policy)
    return cleaner.clean(np.array(geometries, dtype=object), 1, set())


def codes(result: Cleaned) -> list[tuple[int, str]]:
    return [(issue.row, issue.code) for issue in result.issues]


def test_a_polygon_becomes_a_valid_flat_multipolygon() -> None:
    result = clean(shapely.force_3d(square(121.3, 29.8), 7.0))
    assert result.geometry[0].geom_type == "MultiPolygon"
    assert not result.geometry[0].has_z
    assert result.issues == []


def test_points_and_lines_become_multi_too() -> None:
    assert clean(shapely.Point(121, 29), family="MultiPoint").geometry[0].geom_type == "MultiPoint"
    line = shapely.LineString([(121, 29), (122, 30)])
    assert clean(line, family="MultiLineString").geometry[0].geom_type == "MultiLineString"


def test_a_bow_tie_is_repaired_and_its_original_kept() -> None:
    tie = bow_tie(121.3, 29.8)
    result = clean(square(121, 29), tie)
    assert result.geometry[1].is_valid
    assert not result.originals[1].is_valid
    assert (2, "geometry-repaired") in codes(result)
    assert not any(issue.rejected for issue in result.issues)


def test_a_repair_that_changes_the_area_is_flagged() -> None:
    overlap = shapely.MultiPolygon([square(121, 29, 0.02), square(121.01, 29, 0.02)])
    assert (1, "area-changed") in codes(clean(overlap))
    touching = shapely.Polygon([(0, 0), (2, 0), (2, 2), (1, 2), (1, 1), (1, 2), (0, 2)])
    assert (1, "area-changed") not in codes(clean(touching))


@pytest.mark.parametrize("policy", ["skip", "refuse"])
def test_without_repair_an_invalid_row_is_rejected(policy: str) -> None:
    result = clean(bow_tie(121.3, 29.8), policy=policy)
    assert codes(result) == [(1, "geometry-invalid")]
    assert result.geometry[0] is None


def test_nothing_left_after_repair_is_a_rejection() -> None:
    flat = shapely.Polygon([(121, 29), (122, 29), (121, 29)])
    assert codes(clean(flat)) == [(1, "geometry-unrepairable")]


def test_null_empty_and_impossible_places_are_rejections() -> None:
    far = square(400, 29)
    result = clean(None, shapely.Polygon(), far, square(121, 29))
    assert codes(result) == [(1, "geometry-missing"), (2, "geometry-empty"), (3, "coordinates-impossible")]
    assert [geometry is None for geometry in result.geometry] == [True, True, True, False]


def test_another_kind_of_geometry_is_a_rejection() -> None:
    assert codes(clean(shapely.Point(121, 29))) == [(1, "geometry-type-differs")]


def test_a_collection_gives_its_parts_of_the_layers_kind() -> None:
    mixed = shapely.GeometryCollection([shapely.Point(121, 29), square(121, 29)])
    assert clean(mixed).geometry[0].geom_type == "MultiPolygon"
    assert parts_of(shapely.GeometryCollection([shapely.Point(121, 29)]), POLYGON) is None


def test_gk_coordinates_are_moved_to_degrees_and_swapped_when_told() -> None:
    (there,) = project([square(121.3, 29.8)], 4549)
    assert clean(there, epsg=4549).geometry[0].bounds == pytest.approx(square(121.3, 29.8).bounds, abs=1e-8)
    turned = shapely.transform(there, lambda x, y: (y, x), interleaved=False)
    assert clean(turned, epsg=4549, swap=True).geometry[0].bounds == pytest.approx(square(121.3, 29.8).bounds, abs=1e-8)


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("Polygon", "MultiPolygon"),
        ("2.5D MultiPolygon", "MultiPolygon"),
        ("Point Z", "MultiPoint"),
        ("Measured LineString", "MultiLineString"),
        ("MultiSurface", "MultiPolygon"),
        ("Unknown", None),
        ("GeometryCollection", None),
    ],
)
def test_gdals_names_tell_the_kind(name: str, family: str | None) -> None:
    assert family_of_name(name) == family


def test_an_untyped_layer_is_what_most_of_it_is() -> None:
    several = np.array([shapely.Point(1, 1), square(1, 1), square(2, 2), None], dtype=object)
    assert commonest_family(several) == "MultiPolygon"
    assert commonest_family(np.array([None], dtype=object)) is None

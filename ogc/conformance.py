"""Which parts of the standards are kept, by the addresses of their conformance classes."""

_COMMON = "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/"
_COLLECTIONS = "http://www.opengis.net/spec/ogcapi-common-2/1.0/conf/"
_FEATURES = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/"
_CRS = "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/"
_FILTER = "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/"
_WRITE = "http://www.opengis.net/spec/ogcapi-features-4/1.0/"
_CQL2 = "http://www.opengis.net/spec/cql2/1.0/conf/"
_STYLES = "http://www.opengis.net/spec/ogcapi-styles-1/1.0/conf/"
_RECORDS = "http://www.opengis.net/spec/ogcapi-records-1/1.0/conf/"
_TILES = "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/"
_MATRIX = "http://www.opengis.net/spec/tms/2.0/conf/"

CONFORMS_TO = [
    *(_COMMON + name for name in ("core", "landing-page", "json", "html", "oas30")),
    *(_COLLECTIONS + name for name in ("collections", "simple-query")),
    *(_FEATURES + name for name in ("core", "geojson", "html", "oas30")),
    _CRS + "crs",
    *(_FILTER + name for name in ("queryables", "queryables-query-parameters", "filter", "features-filter")),
    *(_CQL2 + name for name in (
        "cql2-text", "cql2-json", "basic-cql2", "advanced-comparison-operators", "case-insensitive-comparison",
        "basic-spatial-functions",
    )),
    *(_WRITE + "conf/" + name for name in ("create-replace-delete", "update", "features")),
    _WRITE + "req/optimistic-locking-etags",
    *(_STYLES + name for name in ("core", "mapbox-style", "sld-10")),
    *(_RECORDS + name for name in (
        "searchable-catalog", "record-api", "record-core", "record-collection", "record-core-query-parameters", "json",
    )),
    *(_TILES + name for name in ("core", "tileset", "tilesets-list", "geodata-tilesets", "mvt")),
    *(_MATRIX + name for name in ("tilematrixset", "json-tilematrixset")),
]  # fmt: skip

-- What the ladder's build and its triggers share. Renewed at every migration; tables of ladders are in this schema too.
CREATE SCHEMA IF NOT EXISTS tile_ladder;

-- A place as whole numbers on a grid of 2^36 x 2^36 over the Web Mercator world (0.6 mm on the equator), y southward:
-- sums of them are exact in any order, and tiles, cells and tile units are their leading bits.
CREATE OR REPLACE FUNCTION tile_ladder.world_x(lon float8) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT least(floor(68719476736 * CASE WHEN lon BETWEEN -180 AND 180 THEN (lon + 180) / 360
                                          ELSE (lon + 180) / 360 - floor((lon + 180) / 360) END), 68719476735)::bigint
$$;

-- Beyond the map's last latitude a place counts on its edge.
CREATE OR REPLACE FUNCTION tile_ladder.world_y(lat float8) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT least(greatest(floor(68719476736 * (0.5 - ln(tan(pi() / 4 + radians(
        least(greatest(lat, -85.0511287798066), 85.0511287798066)) / 2)) / (2 * pi()))), 0), 68719476735)::bigint
$$;

-- Degrees to EPSG:3857. What lies beyond the map, or beyond the globe, is cut off: PROJ would refuse the whole.
CREATE OR REPLACE FUNCTION tile_ladder.to_mercator(shape geometry) RETURNS geometry
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT ST_Transform(CASE WHEN shape @ ST_MakeEnvelope(-360, -86, 360, 86, 4326) THEN shape
                             ELSE ST_ClipByBox2D(shape, ST_MakeEnvelope(-360, -86, 360, 86, 4326)) END, 3857)
$$;

-- The parts of a geometry (EPSG:3857) in columns or rows of the given width, each with its margin, in metres.
-- Numbers count from the west and from the north.
CREATE OR REPLACE FUNCTION tile_ladder.bands(shape geometry, across boolean, width float8, margin float8)
RETURNS TABLE (band int, part geometry) LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    WITH world AS (SELECT 20037508.342789244 AS half),
    reach AS (
        SELECT half, CASE WHEN across THEN ST_XMin(shape) + half ELSE half - ST_YMax(shape) END AS low,
               CASE WHEN across THEN ST_XMax(shape) + half ELSE half - ST_YMin(shape) END AS high
        FROM world
    ),
    numbers AS (
        SELECT half, greatest(floor(least((low - margin) / width, 1e6)), 0)::int AS first,
               least(floor(greatest((high + margin) / width, -1)), greatest(round(2 * half / width), 1) - 1)::int AS last
        FROM reach
    )
    SELECT n, CASE WHEN first = last THEN shape
                   WHEN across THEN ST_ClipByBox2D(shape, ST_MakeEnvelope(
                       n * width - half - margin, -3e8, (n + 1) * width - half + margin, 3e8, 3857))
                   ELSE ST_ClipByBox2D(shape, ST_MakeEnvelope(
                       -2e8, half - (n + 1) * width - margin, 2e8, half - n * width + margin, 3857)) END
    FROM numbers, generate_series(first, last) AS n
$$;

-- What of a geometry (EPSG:3857) is in which tile of a zoom, in tile units (4096, buffer 64). Cut into blocks of
-- 16 x 16 tiles before tiles: a coast of a continent would else be walked through once for every tile of its box.
CREATE OR REPLACE FUNCTION tile_ladder.cut(shape geometry, z int)
RETURNS TABLE (tx int, ty int, part geometry) LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    WITH size AS (SELECT side, side / 64 AS margin FROM (SELECT 40075016.685578488 / (1 << z) AS side) AS s),
    -- What is near the antimeridian is in the buffer of the tiles beyond it too.
    round AS (
        SELECT side, margin, CASE WHEN ST_XMin(shape) > margin - 20037508.342789244
                                   AND ST_XMax(shape) < 20037508.342789244 - margin THEN shape
            ELSE ST_CollectionHomogenize(ST_Collect(ARRAY[shape, ST_Translate(shape, 40075016.685578488, 0),
                                                          ST_Translate(shape, -40075016.685578488, 0)])) END AS whole
        FROM size
    ),
    tiles AS (
        SELECT x.band AS tx, y.band AS ty, ST_AsMVTGeom(y.part, ST_TileEnvelope(z, x.band, y.band), 4096, 64, true) AS part
        FROM round,
             tile_ladder.bands(whole, true, 16 * side, margin) AS bx,
             tile_ladder.bands(bx.part, false, 16 * side, margin) AS byy,
             tile_ladder.bands(byy.part, true, side, margin) AS x,
             tile_ladder.bands(x.part, false, side, margin) AS y
        WHERE x.band >> 4 = bx.band AND y.band >> 4 = byy.band
    )
    SELECT tx, ty, part FROM tiles WHERE part IS NOT NULL
$$;

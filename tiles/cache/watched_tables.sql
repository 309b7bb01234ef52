-- Notes of what changed, kept by triggers in the transaction that changes it. Safe to run again.
--
-- A statement writes a note without a number: the table and the boxes of its old and new rows. When the
-- transaction commits, its notes become one row per table, with a number that is given under a lock held until
-- the commit is done. So numbers become visible in their own order: whoever has seen number n has seen all below.

CREATE SEQUENCE IF NOT EXISTS tiles_version_seq;

-- The piece `boxes_of` turns the rows (w, s, e, n) of `boxes` into one flat array; when they are many, the boxes whose centres
-- lie in the same cell of an 8 by 8 grid over all of them become one.

CREATE OR REPLACE FUNCTION tiles_note_change() RETURNS trigger LANGUAGE plpgsql
    SET search_path = public, pg_temp AS $note$
DECLARE
    sides text[] := CASE TG_OP WHEN 'INSERT' THEN '{new_rows}' WHEN 'DELETE' THEN '{old_rows}'
                               WHEN 'UPDATE' THEN '{old_rows,new_rows}' END::text[];
    changed boolean := true;
    places text;
    boxes float8[];
BEGIN
    -- TG_ARGV: the table's name as the engine knows it, then its geometry columns (EPSG:4326), if any.
    IF TG_OP <> 'TRUNCATE' THEN
        EXECUTE format('SELECT EXISTS (SELECT FROM %I)', sides[1]) INTO changed;
    END IF;
    IF NOT changed THEN
        RETURN NULL;
    END IF;
    IF TG_OP <> 'TRUNCATE' AND TG_NARGS > 1 THEN
        SELECT string_agg(format('SELECT %I AS g FROM %I', geometry, side), ' UNION ALL ') INTO places
        FROM unnest(TG_ARGV[1:]) AS geometry, unnest(sides) AS side;
        EXECUTE format($q$
            WITH boxes AS MATERIALIZED (
                SELECT ST_XMin(g) AS w, ST_YMin(g) AS s, ST_XMax(g) AS e, ST_YMax(g) AS n
                FROM (%s) AS places WHERE g IS NOT NULL AND NOT ST_IsEmpty(g)
            ) :boxes_of:$q$, places) INTO boxes;
    END IF;
    -- No array: anywhere. An empty one: rows without a place.
    INSERT INTO tiles_tablechange (name, boxes) VALUES (TG_ARGV[0], boxes);
    RETURN NULL;
END $note$;

CREATE OR REPLACE FUNCTION tiles_number_changes() RETURNS trigger LANGUAGE plpgsql
    SET search_path = public, pg_temp AS $number$
DECLARE
    timeline bigint;
    number bigint;
    noted record;
    joined float8[];
BEGIN
    IF NOT NEW.closing THEN
        -- Go to the end of what this commit has yet to check: whoever holds the lock must wait for nobody.
        IF NOT EXISTS (SELECT FROM tiles_tablechange WHERE version IS NULL AND closing) THEN
            INSERT INTO tiles_tablechange (name, boxes, closing) VALUES ('', '{}', true);
        END IF;
        RETURN NULL;
    END IF;
    -- Announce the change, and wait until every lease that was taken before has ended (change_log.py). A process that
    -- reads from now on gets no lease, so none serves what was true before this commit.
    PERFORM pg_advisory_xact_lock_shared(:coming:);
    IF pg_try_advisory_lock(:readers:) THEN
        PERFORM pg_advisory_unlock(:readers:);  -- no process holds a lease
    ELSE
        PERFORM pg_sleep(:pause:);
    END IF;
    PERFORM pg_advisory_xact_lock(:numbering:);
    -- The timeline goes first: after a failover no number is given again that went with the old primary, and every
    -- process sees by the first new one that what it had made before may never have been (change_log.py).
    timeline := ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::bigint;
    number := (timeline << :timeline_bits:) + nextval('tiles_version_seq');
    -- Unnumbered notes are this transaction's own: others' are not visible, and committed ones have numbers.
    FOR noted IN
        SELECT name, bool_or(boxes IS NULL) AS anywhere
        FROM tiles_tablechange WHERE version IS NULL AND NOT closing GROUP BY name
    LOOP
        joined := NULL;
        IF NOT noted.anywhere THEN
            WITH corners AS (
                SELECT id, (o - 1) / 4 AS box, (o - 1) % 4 AS corner, v
                FROM tiles_tablechange, unnest(boxes) WITH ORDINALITY AS u(v, o)
                WHERE version IS NULL AND NOT closing AND name = noted.name
            ), boxes AS MATERIALIZED (
                SELECT max(v) FILTER (WHERE corner = 0) AS w, max(v) FILTER (WHERE corner = 1) AS s,
                       max(v) FILTER (WHERE corner = 2) AS e, max(v) FILTER (WHERE corner = 3) AS n
                FROM corners GROUP BY id, box
            ) :boxes_of: INTO joined;
        END IF;
        INSERT INTO tiles_tableversion (name, version) VALUES (noted.name, number)
        ON CONFLICT (name) DO UPDATE SET version = EXCLUDED.version;
        INSERT INTO tiles_tablechange (name, version, boxes) VALUES (noted.name, number, joined);
    END LOOP;
    DELETE FROM tiles_tablechange WHERE version IS NULL;
    IF number % 100 = 0 THEN
        DELETE FROM tiles_tablechange WHERE version <= number - :kept:;
    END IF;
    RETURN NULL;
END $number$;

DROP TRIGGER IF EXISTS tiles_number ON tiles_tablechange;
CREATE CONSTRAINT TRIGGER tiles_number AFTER INSERT ON tiles_tablechange
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.version IS NULL) EXECUTE FUNCTION tiles_number_changes();

-- What changed after a number. A row without a number: somebody is about to commit, so ask again before trusting this.
CREATE OR REPLACE FUNCTION tiles_newer(since bigint) RETURNS TABLE (name varchar, version bigint, boxes float8[])
    LANGUAGE plpgsql VOLATILE AS $newer$
BEGIN
    -- The lock first: each statement of a volatile function sees what was committed when the statement began.
    IF NOT pg_try_advisory_xact_lock(:coming:) THEN
        RETURN QUERY SELECT NULL::varchar, NULL::bigint, NULL::float8[];
    END IF;
    RETURN QUERY SELECT c.name, c.version, c.boxes FROM tiles_tablechange AS c
        WHERE c.version > since ORDER BY c.version;
END $newer$;

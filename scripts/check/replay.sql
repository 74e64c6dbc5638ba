-- Who was drawn: the selection of targets of one opened draw (PROTOCOL 5 and 6), as one query for PostgreSQL 15.
-- It shares nothing with spotcheck, so that the two check each other; replay.duckdb.sql is the same for DuckDB.
--
--	psql -X -q -v draw=public/draws/0001 -f scripts/check/replay.sql		any database whose encoding is UTF-8
--
-- Printed: stratum, rank in it (from 1), id, ticket (64 hex digits), "chosen" or "reserve", and the slot at which the search
-- for its visit begins (start(t); the visit itself hangs on who goes there), stratum by stratum as the commitment lists them.
-- The chosen are `selected` and `unstaffed` of record.json together; the reserve is its `reserve`.
-- Add --csv for other programs.  The table it loads is gone afterwards (ROLLBACK), and nothing else is written.
--
-- Read from the folder: targets.csv, commit.json, sealed.json (nonce and slots), record.json (secret and beacon value, nothing
-- else).
-- Seed, counts and takes are computed, not believed.  Not checked here: that the files keep their form and are those that
-- were committed (`sha256sum targets.csv sealed.json` against commit.json), that the log holds this commit.json, the secret's
-- chain, the beacon, the values of `drum`, what sealed.json says of the strata, inspectors, teams, visits and amendments.
--
-- The query alone is plain SQL without functions of its own, temporary tables or loops, so that a table that is loaded
-- already, in the way below, will do, and one that is spread over many machines (meant for Citus too, not tried there):
--
--	psql -X -q -v draw=… -v loaded=yes -f scripts/check/replay.sql

\set ON_ERROR_STOP on
\encoding UTF8
\cd :draw

-- The three small files, each with its exact bytes: none of them ends in a newline (PROTOCOL 2).
\set commit `cat commit.json`
\set sealed `cat sealed.json`
\set record `cat record.json`

BEGIN;

\if :{?loaded}
\else
CREATE TABLE spotcheck_targets (id text, class text, unit text, area text, level text, needs text, weight integer,
    since text, last_drawn text, elsewhere text, drum text, private text);
\copy spotcheck_targets FROM 'targets.csv' (FORMAT csv, HEADER match, ENCODING 'UTF8', FORCE_NOT_NULL (class, unit))
\endif

WITH given AS MATERIALIZED (
    -- PROTOCOL 6: seed = H(secret || nonce || H(commit entry) || beacon value), hex throughout.
    SELECT commit::jsonb -> 'strata' AS strata,
        (commit::jsonb #>> '{rules,reserve}')::bigint AS reserve,
        (commit::jsonb #>> '{rules,same_unit}')::boolean AS same_unit,
        sealed -> 'slots' AS slots,
        encode(sha256(convert_to(
            (record ->> 'secret') || (sealed ->> 'nonce') || encode(sha256(convert_to(commit, 'UTF8')), 'hex') ||
            (record ->> 'beacon'), 'UTF8')), 'hex') AS seed
    FROM (SELECT :'commit'::text AS commit, :'sealed'::jsonb AS sealed, :'record'::jsonb AS record) AS files
), strata AS (
    SELECT place, stratum ->> 'class' AS class, (stratum ->> 'count')::bigint AS fixed,
        (stratum ->> 'per_10000')::bigint AS per_10000
    FROM given, jsonb_array_elements(strata) WITH ORDINALITY AS listed (stratum, place)
), tickets AS (
    -- PROTOCOL 5: all but `excused` and `rest` take part.  PROTOCOL 6: slip(t, i) = H(seed || "target/" || t || "/" || i), and
    -- the ticket is the least slip, compared as text: bytewise, whatever the database's own order is.
    SELECT id, class, unit, drum, ticket
    FROM spotcheck_targets CROSS JOIN given CROSS JOIN LATERAL (
        SELECT min(encode(sha256(convert_to(seed || 'target/' || id || '/' || i, 'UTF8')), 'hex') COLLATE "C")
        FROM generate_series(1, weight) AS i) AS slips (ticket)
    WHERE drum IN ('carried', 'due', 'in')
), ranked AS (
    -- A last stratum `*` covers every class without its own.  Carried and due come first, together by ascending ticket.
    SELECT s.place, s.class, s.fixed, s.per_10000, t.id, t.unit, t.ticket,
        row_number() OVER (PARTITION BY s.place ORDER BY t.drum = 'in', t.ticket COLLATE "C") AS rank,
        count(*) OVER (PARTITION BY s.place) AS drum
    FROM tickets AS t LEFT JOIN strata AS own ON own.class = t.class
        JOIN strata AS s ON s.class = coalesce(own.class, '*')
), taken AS (
    -- take = min(drum, count), or per_10000 of the drum, rounded up.
    SELECT place, class, rank, id, unit, ticket,
        CASE WHEN per_10000 IS NULL THEN least(drum, fixed) ELSE (drum * per_10000 + 9999) / 10000 END AS take
    FROM ranked
), starts AS (
    -- start(t) = floor(x * S / 2^64), S slots, x the first 16 digits of a hash of the unit or of the target; x in two halves of 32 bits.
    SELECT taken.*, reserve, slots, ('x' || substr(hash, 1, 8))::bit(32)::bigint * 4294967296::numeric +
        ('x' || substr(hash, 9, 8))::bit(32)::bigint AS x
    FROM taken CROSS JOIN given CROSS JOIN LATERAL (SELECT encode(sha256(convert_to(seed ||
        CASE WHEN same_unit AND unit <> '' THEN 'visit/unit/' || unit ELSE 'visit/target/' || id END, 'UTF8')), 'hex')) AS h (hash)
    WHERE rank <= take + reserve
)
SELECT class AS stratum, rank, id, ticket, CASE WHEN rank <= take THEN 'chosen' ELSE 'reserve' END AS drawn,
    slots ->> div(x * jsonb_array_length(slots), 18446744073709551616)::integer AS start
FROM starts
ORDER BY place, rank;

ROLLBACK;

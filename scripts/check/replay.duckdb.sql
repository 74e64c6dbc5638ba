-- Who was drawn: the selection of targets of one opened draw (PROTOCOL 5 and 6), as one query for DuckDB (tried with 1.5).
-- It shares nothing with spotcheck, so that the two check each other; replay.sql is the same for PostgreSQL.
--
--	cd public/draws/0001 && duckdb <…/scripts/check/replay.duckdb.sql		no database, no network, nothing is written
--
-- Printed: stratum, rank in it (from 1), id, ticket (64 hex digits), "chosen" or "reserve", and the slot at which the search
-- for its visit begins (start(t); the visit itself hangs on who goes there), stratum by stratum as the commitment lists them.
-- The chosen are `selected` and `unstaffed` of record.json together; the reserve is its `reserve`.
-- duckdb -csv is for other programs; a terminal's table leaves out the middle of many rows, `.maxrows -1` shows all.
--
-- Read from the folder: targets.csv, commit.json, sealed.json (nonce and slots), record.json (secret and beacon value, nothing
-- else).
-- Seed, counts and takes are computed, not believed.  Not checked here: that the files keep their form and are those that
-- were committed (`sha256sum targets.csv sealed.json` against commit.json), that the log holds this commit.json, the secret's
-- chain, the beacon, the values of `drum`, what sealed.json says of the strata, inspectors, teams, visits and amendments.

WITH given AS MATERIALIZED (
    -- PROTOCOL 6: seed = H(secret || nonce || H(commit entry) || beacon value), hex throughout.
    SELECT entry.content::JSON -> 'strata' AS strata,
        (entry.content::JSON ->> '$.rules.reserve')::BIGINT AS reserve,
        (entry.content::JSON ->> '$.rules.same_unit')::BOOLEAN AS same_unit, sealed.content::JSON -> 'slots' AS slots,
        sha256((record.content::JSON ->> 'secret') || (sealed.content::JSON ->> 'nonce') || sha256(entry.content) ||
            (record.content::JSON ->> 'beacon')) AS seed
    FROM read_text('commit.json') AS entry, read_text('sealed.json') AS sealed, read_text('record.json') AS record
), listed AS (
    SELECT strata, unnest(range(json_array_length(strata)::BIGINT)) AS place
    FROM given
), strata AS (
    SELECT place, stratum ->> 'class' AS class, (stratum ->> 'count')::BIGINT AS fixed,
        (stratum ->> 'per_10000')::BIGINT AS per_10000
    FROM (SELECT place, strata -> ('$[' || place || ']') AS stratum FROM listed)
), targets AS (
    -- As published: no quoting; an empty class or unit is a text like any other.
    SELECT id, coalesce(class, '') AS class, coalesce(unit, '') AS unit, weight::BIGINT AS weight, drum
    FROM read_csv('targets.csv', auto_detect = false, header = true, delim = ',', quote = '', escape = '', columns = {
        id: 'VARCHAR', class: 'VARCHAR', unit: 'VARCHAR', area: 'VARCHAR', level: 'VARCHAR', needs: 'VARCHAR',
        weight: 'VARCHAR', since: 'VARCHAR', last_drawn: 'VARCHAR', elsewhere: 'VARCHAR', drum: 'VARCHAR',
        private: 'VARCHAR'})
), tickets AS (
    -- PROTOCOL 5: all but `excused` and `rest` take part.  PROTOCOL 6: slip(t, i) = H(seed || "target/" || t || "/" || i), and
    -- the ticket is the least slip, compared as text, which is bytewise here.
    SELECT id, class, unit, drum,
        list_min([sha256(seed || 'target/' || id || '/' || i) FOR i IN range(1, weight + 1)]) AS ticket
    FROM targets CROSS JOIN given
    WHERE drum IN ('carried', 'due', 'in')
), ranked AS (
    -- A last stratum `*` covers every class without its own.  Carried and due come first, together by ascending ticket.
    SELECT s.place, s.class, s.fixed, s.per_10000, t.id, t.unit, t.ticket,
        row_number() OVER (PARTITION BY s.place ORDER BY t.drum = 'in', t.ticket) AS rank,
        count(*) OVER (PARTITION BY s.place) AS drum
    FROM tickets AS t LEFT JOIN strata AS own ON own.class = t.class
        JOIN strata AS s ON s.class = coalesce(own.class, '*')
), taken AS (
    -- take = min(drum, count), or per_10000 of the drum, rounded up.
    SELECT place, class, rank, id, unit, ticket,
        CASE WHEN per_10000 IS NULL THEN least(drum, fixed) ELSE (drum * per_10000 + 9999) // 10000 END AS take
    FROM ranked
), starts AS (
    -- start(t) = floor(x * S / 2^64), S slots, x the first 16 digits of a hash of the unit or of the target.
    SELECT taken.*, reserve, slots, ('0x' || sha256(seed || CASE WHEN same_unit AND unit <> '' THEN 'visit/unit/' || unit
        ELSE 'visit/target/' || id END)[1:16])::UBIGINT::HUGEINT AS x
    FROM taken CROSS JOIN given
    WHERE rank <= take + reserve
)
SELECT class AS stratum, rank, id, ticket, CASE WHEN rank <= take THEN 'chosen' ELSE 'reserve' END AS drawn,
    slots ->> ('$[' || (x * json_array_length(slots)::HUGEINT // 18446744073709551616::HUGEINT) || ']') AS start
FROM starts
ORDER BY place, rank;

// Runs a query in DuckDB inside each folder, and prints a line of JSON for each: {"seconds": …, "rows": [["…", …], …]}.
//
//	node duckdb.mjs QUERY FOLDER…

import { readFileSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';

const [query, ...folders] = process.argv.slice(2);
const sql = readFileSync(query, 'utf8');
const instance = await DuckDBInstance.create(':memory:', {
    autoinstall_known_extensions: 'false', autoload_known_extensions: 'false' });
const connection = await instance.connect();

for (const folder of folders) {
    process.chdir(folder);
    const before = performance.now();
    const reader = await connection.runAndReadAll(sql);
    const seconds = (performance.now() - before) / 1000;
    console.log(JSON.stringify({ seconds, rows: reader.getRows().map((row) => row.map(String)) }));
}

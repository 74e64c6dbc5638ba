// Runs a script in DuckDB, inside a folder, and prints what its last query gives, as CSV without quotes.
//
//	node duckdb.mjs SCRIPT FOLDER

import { readFileSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';

const [script, folder] = process.argv.slice(2);
const sql = readFileSync(script, 'utf8');
process.chdir(folder);
const instance = await DuckDBInstance.create(':memory:', {
    autoinstall_known_extensions: 'false', autoload_known_extensions: 'false', threads: '2' });
const connection = await instance.connect();
const reader = await connection.runAndReadAll(sql);
const rows = [reader.columnNames(), ...reader.getRows()];
process.stdout.write(rows.map((row) => row.map(String).join(',') + '\n').join(''));

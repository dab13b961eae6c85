import { parse } from 'csv-parse/sync';

export interface RecordingRow {
  /** Epoch milliseconds. */
  time: number;
  /** One per column; null where the cell is empty or holds no number. */
  values: readonly (number | null)[];
}

export interface Recording {
  /** Names of the numeric columns, in the order of the file. */
  columns: readonly string[];
  rows: readonly RecordingRow[];
}

export type RecordingOutcome = { ok: true; recording: Recording } | { ok: false; message: string };

/**
 * Reads a recording: a header, then rows whose first column is their time (epoch ms, ISO 8601, or local time such as
 * `2020-02-08 13:30:47`), delimited by comma or semicolon. A column counts as numeric when every cell that is not empty
 * is a number and one at least is; other columns are left out.
 */
export function parseRecording(text: string): RecordingOutcome {
  const header = text.slice(0, text.search(/\r?\n|$/));
  const delimiter = header.split(';').length > header.split(',').length ? ';' : ',';
  let table: string[][];
  try {
    table = parse(text, { delimiter, bom: true, skip_empty_lines: true, trim: true });
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
  const [names, ...cells] = table;
  if (names === undefined || cells.length === 0) return { ok: false, message: 'it has no rows below its header' };
  const numeric = names.flatMap((_name, index) => (index > 0 && isNumeric(cells, index) ? [index] : []));
  if (numeric.length === 0) return { ok: false, message: 'none of its columns after the first is numeric' };
  const columns = numeric.map((index) => names[index] ?? '');
  if (columns.includes('') || new Set(columns).size < columns.length) {
    return { ok: false, message: 'its column names are not unique, or one is empty' };
  }
  const rows: RecordingRow[] = [];
  for (const [index, row] of cells.entries()) {
    const time = parseTime(row[0] ?? '');
    if (time === undefined) {
      return { ok: false, message: `row ${index}: "${row[0] ?? ''}" is no time (epoch ms, ISO 8601 or local time)` };
    }
    rows.push({ time, values: numeric.map((column) => parseNumber(row[column] ?? '')) });
  }
  return { ok: true, recording: { columns, rows } };
}

function isNumeric(rows: readonly string[][], column: number): boolean {
  let seen = false;
  for (const row of rows) {
    const cell = row[column] ?? '';
    if (cell === '') continue;
    if (parseNumber(cell) === null) return false;
    seen = true;
  }
  return seen;
}

function parseNumber(cell: string): number | null {
  if (cell === '') return null;
  const value = Number(cell);
  return Number.isFinite(value) ? value : null;
}

/** Epoch milliseconds; a time without a zone is that of this process (environment variable TZ). */
export function parseTime(text: string): number | undefined {
  if (/^[+-]?\d+(\.\d+)?$/.test(text)) return Math.round(Number(text));
  if (!/^\d{4}-\d{2}-\d{2}/.test(text)) return undefined;
  // A date alone would be read as UTC, with a time as local time: add the time that is missing.
  const full = /^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00` : text.replace(' ', 'T');
  const time = Date.parse(full);
  return Number.isNaN(time) ? undefined : time;
}

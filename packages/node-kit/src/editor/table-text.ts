/** A row of a tag table: column name to text. */
export type TableRow = Record<string, string>;

const SEPARATORS = ['\t', ';', ','] as const;

/** Cells of separated text; quoted cells may hold separators, line breaks and doubled quotes (RFC 4180). */
function cells(text: string, separator: string): string[][] {
  const lines: string[][] = [];
  let line: string[] = [];
  let cell = '';
  let isQuoted = false;
  let at = 0;
  const endLine = (): void => {
    line.push(cell);
    cell = '';
    if (line.some((entry) => entry.trim() !== '')) lines.push(line);
    line = [];
  };
  while (at < text.length) {
    const char = text.charAt(at);
    at += 1;
    if (isQuoted) {
      if (char !== '"') cell += char;
      else if (text.charAt(at) === '"') {
        cell += '"';
        at += 1;
      } else isQuoted = false;
    } else if (char === '"' && cell.trim() === '') {
      cell = '';
      isQuoted = true;
    } else if (char === separator) {
      line.push(cell);
      cell = '';
    } else if (char === '\n') endLine();
    else if (char !== '\r') cell += char;
  }
  endLine();
  return lines;
}

function separatorOf(text: string): string {
  // What is in quotes separates nothing.
  const unquoted = text.replaceAll(/(^|[\t;,\n]) *"(?:[^"]|"")*"/g, '$1');
  const firstLine = unquoted.split('\n', 1)[0] ?? '';
  return SEPARATORS.find((separator) => firstLine.includes(separator)) ?? '\t';
}

/**
 * Rows from what was copied out of a spreadsheet or read from a CSV file: tab, semicolon or comma separated. A first
 * line that names columns is a header, in any order and case; without one the cells go to the columns in their order.
 */
export function parseTable(text: string, columns: readonly string[]): TableRow[] {
  const clean = text.replace(/^\uFEFF/, '');
  const lines = cells(clean, separatorOf(clean));
  const first = lines[0];
  if (first === undefined) return [];
  const named = first.map((cell) => {
    const name = cell.trim().toLowerCase();
    return columns.find((column) => column.toLowerCase() === name);
  });
  const isHeader = named.filter((name) => name !== undefined).length >= 2;
  const order = isHeader ? named : columns;
  return (isHeader ? lines.slice(1) : lines).map((line) => {
    const row: TableRow = {};
    for (const [index, cell] of line.entries()) {
      const column = order[index];
      if (column !== undefined && cell.trim() !== '') row[column] = cell.trim();
    }
    return row;
  });
}

function quoted(cell: string): string {
  return /[",;\t\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/** Comma separated text with a header, read back unchanged by `parseTable`. */
export function formatTable(rows: readonly TableRow[], columns: readonly string[]): string {
  const lines = rows.map((row) => columns.map((column) => quoted(row[column] ?? '')).join(','));
  return `${[columns.join(','), ...lines].join('\r\n')}\r\n`;
}

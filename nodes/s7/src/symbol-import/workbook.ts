import { openZip } from './unzip.ts';

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function decoded(text: string): string {
  return text.replaceAll(/&(#x[0-9a-f]{1,6}|#\d{1,7}|amp|lt|gt|quot|apos);/gi, (whole, name: string) => {
    if (!name.startsWith('#')) return ENTITIES[name.toLowerCase()] ?? whole;
    const code = name[1] === 'x' ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

/** The text of an element that may be split into runs. */
function textOf(xml: string): string {
  return [...xml.matchAll(/<t(?:\s[^>]*)?>([^<]*)<\/t>/g)].map((match) => decoded(match[1] ?? '')).join('');
}

/** `C7` is the third column. */
function columnOf(reference: string): number {
  let column = 0;
  for (const letter of /^[A-Z]{1,3}/.exec(reference)?.[0] ?? 'A') column = column * 26 + letter.charCodeAt(0) - 64;
  return column - 1;
}

const mostColumns = 1_000;

function rowsOf(xml: string, shared: readonly string[]): string[][] {
  const rows: string[][] = [];
  for (const row of xml.matchAll(/<row(?:\s[^>]*)?>(.*?)<\/row>/gs)) {
    const cells: string[] = [];
    for (const cell of (row[1] ?? '').matchAll(/<c((?:\s[^>]*?)?)(?:\/>|>(.*?)<\/c>)/gs)) {
      const attributes = cell[1] ?? '';
      const content = cell[2] ?? '';
      const reference = /\sr="([A-Z]{1,3}\d+)"/.exec(attributes)?.[1];
      const column = reference === undefined ? cells.length : columnOf(reference);
      if (column >= mostColumns) continue;
      const kind = /\st="(\w+)"/.exec(attributes)?.[1];
      const value = decoded(/<v(?:\s[^>]*)?>([^<]*)<\/v>/.exec(content)?.[1] ?? '');
      while (cells.length < column) cells.push('');
      cells[column] = kind === 's' ? (shared[Number(value)] ?? '') : kind === 'inlineStr' ? textOf(content) : value;
    }
    rows.push(cells);
  }
  return rows;
}

/** The cells of every sheet of an Excel workbook (ECMA-376), as text. Rejects when it is none. */
export async function workbookSheets(bytes: Uint8Array): Promise<string[][][]> {
  const files = openZip(bytes);
  const strings = files.names.find((name) => name.toLowerCase() === 'xl/sharedstrings.xml');
  const shared =
    strings === undefined
      ? []
      : [...(await files.text(strings)).matchAll(/<si(?:\s[^>]*)?>(.*?)<\/si>/gs)].map((match) =>
          textOf(match[1] ?? ''),
        );
  const sheets: string[][][] = [];
  for (const name of files.names.filter((file) => /^xl\/worksheets\/[^/]+\.xml$/i.test(file))) {
    sheets.push(rowsOf(await files.text(name), shared));
  }
  if (sheets.length === 0) throw new Error('it is no Excel workbook');
  return sheets;
}

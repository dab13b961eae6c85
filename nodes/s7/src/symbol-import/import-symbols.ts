import { parseAddress } from '../protocol/address.ts';
import { parseDataType } from '../protocol/data-type.ts';
import type { PlcSymbol } from '../protocol/symbol-lines.ts';
import { separatedCells } from './separated-cells.ts';
import { workbookSheets } from './workbook.ts';

/** What TIA Portal calls the columns of a tag table, in English and in German. */
const HEADINGS = {
  name: ['name', 'symbol'],
  type: ['data type', 'datatype', 'datentyp', 'data_type'],
  address: ['logical address', 'logische adresse', 'address', 'adresse'],
} as const;
/** Without a heading: STEP 7's symbol table. */
const STEP7_COLUMNS = { name: 0, address: 1, type: 2 };
const most = 50_000;

interface Columns {
  name: number;
  address: number;
  type: number;
}

function columnsOf(row: readonly string[]): Columns | undefined {
  const cells = row.map((cell) => cell.trim().toLowerCase());
  const at = (names: readonly string[]): number => cells.findIndex((cell) => names.includes(cell));
  const columns = { name: at(HEADINGS.name), address: at(HEADINGS.address), type: at(HEADINGS.type) };
  return columns.name >= 0 && columns.address >= 0 ? columns : undefined;
}

/** A row, unless it names no memory: a block of the program, a constant, an empty line. */
function symbolOf(row: readonly string[], columns: Columns): PlcSymbol | undefined {
  const name = (row[columns.name] ?? '').trim().replaceAll('"', '');
  // STEP 7 fills up with blanks, also within: "M      10.0".
  const address = (row[columns.address] ?? '').replaceAll(/\s+/g, '');
  const type = (row[columns.type] ?? '').trim().replaceAll('"', '');
  if (name === '' || !isMemory(address)) return undefined;
  const isKnown = parseDataType(type).ok;
  return { name, address, type: isKnown ? type : '' };
}

function isMemory(address: string): boolean {
  const parsed = parseAddress(address);
  return parsed.ok && parsed.kind === 'absolute';
}

function symbolsOf(rows: readonly (readonly string[])[]): PlcSymbol[] {
  const heading = rows.slice(0, 10).findIndex((row) => columnsOf(row) !== undefined);
  const columns = heading < 0 ? STEP7_COLUMNS : (columnsOf(rows[heading] ?? []) ?? STEP7_COLUMNS);
  const symbols: PlcSymbol[] = [];
  for (const row of rows.slice(heading + 1)) {
    const symbol = symbolOf(row, columns);
    if (symbol !== undefined) symbols.push(symbol);
    if (symbols.length >= most) break;
  }
  return symbols;
}

/** STEP 7's `asc` keeps its columns at fixed places: a number, 24 of the name, 12 of the address, 10 of the type. */
function ascRows(text: string): string[][] {
  return text.split(/\r?\n/).flatMap((line) => {
    const match = /^\d{1,4},(.{24})(.{12})(.{0,10})/.exec(line);
    return match === null ? [] : [[match[1] ?? '', match[2] ?? '', match[3] ?? '']];
  });
}

/** Text of a file that older tools wrote with the character set of Windows, and spreadsheets as UTF-16. */
function textOf(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

/**
 * The symbols of a tag table of TIA Portal (xlsx, csv) or of a symbol table of STEP 7 (sdf, csv, asc), told apart by their
 * content. What is no memory of the PLC is left out. Rejects when the file cannot be read.
 */
export async function importSymbols(bytes: Uint8Array): Promise<PlcSymbol[]> {
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) {
    const sheets = await workbookSheets(bytes);
    return sheets.flatMap(symbolsOf).slice(0, most);
  }
  const text = textOf(bytes).replace(/^\uFEFF/, '');
  const symbols = symbolsOf(ascRows(text));
  return symbols.length > 0 ? symbols : symbolsOf(separatedCells(text));
}

import { type ConfigReader } from '@bulkhead/node-kit';
import { parseSymbolLines, type PlcSymbol } from '../protocol/symbol-lines.ts';

/** By name, without quotes. */
export type Symbols = ReadonlyMap<string, PlcSymbol>;

const most = 50_000;

/** The symbols of the connection, one per line: name, address and type, with a tab between. */
export function readSymbols(reader: ConfigReader): Symbols {
  const symbols = new Map<string, PlcSymbol>();
  for (const symbol of parseSymbolLines(reader.text('symbols', ''))) {
    if (symbols.size >= most) {
      reader.problem(`there are more than ${most} symbols`);
      break;
    }
    symbols.set(symbol.name, symbol);
  }
  return symbols;
}

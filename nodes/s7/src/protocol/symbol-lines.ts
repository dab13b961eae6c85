/** A name that the PLC's program gives to an address. */
export interface PlcSymbol {
  name: string;
  address: string;
  type: string;
}

const clean = (text: string): string => text.replaceAll(/[\t\r\n]+/g, ' ').trim();

/** How a connection keeps its symbols: one per line, with tabs between name, address and type. */
export function formatSymbolLines(symbols: readonly PlcSymbol[]): string {
  return symbols.map(({ name, address, type }) => [name, address, type].map(clean).join('\t')).join('\n');
}

export function parseSymbolLines(text: string): PlcSymbol[] {
  const symbols: PlcSymbol[] = [];
  for (const line of text.split('\n')) {
    const [name = '', address = '', type = ''] = line.split('\t').map((cell) => cell.trim());
    if (name !== '' && address !== '') symbols.push({ name: name.replaceAll('"', ''), address, type });
  }
  return symbols;
}

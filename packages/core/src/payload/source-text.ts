/** The members of an outermost object as they are written. */
export interface SourceMembers {
  /** Source text by decoded key; of a repeated key the last one. */
  texts: ReadonlyMap<string, string>;
  /** A key that occurs twice, where readers disagree on which one counts. */
  repeatedKey: string | undefined;
}

/**
 * Finds the source text of each member of the outermost object.
 * JSON.parse gives numbers as doubles; only the text knows which 64-bit integer was meant.
 * @param text JSON that JSON.parse has accepted and that is an object; anything else gives nonsense.
 */
export function scanMembers(text: string): SourceMembers {
  const texts = new Map<string, string>();
  let repeatedKey: string | undefined;
  let at = text.indexOf('{') + 1;
  for (;;) {
    const keyStart = text.indexOf('"', at);
    // Past the last member, or in an empty object, there is no further key.
    if (keyStart < 0) return { texts, repeatedKey };
    const keyEnd = endOfString(text, keyStart);
    const key: unknown = JSON.parse(text.slice(keyStart, keyEnd));
    const valueStart = text.indexOf(':', keyEnd) + 1;
    const valueEnd = endOfValue(text, valueStart);
    if (typeof key === 'string') {
      if (texts.has(key)) repeatedKey ??= key;
      texts.set(key, text.slice(valueStart, valueEnd).trim());
    }
    at = valueEnd + 1;
  }
}

/** The index after the closing quote of the string that opens at `start`. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length) {
    const char = text[at];
    if (char === '"') return at + 1;
    at += char === '\\' ? 2 : 1;
  }
  return at;
}

/** The index of the comma or brace that ends the value which starts at or after `start`. */
function endOfValue(text: string, start: number): number {
  let depth = 0;
  let at = start;
  while (at < text.length) {
    const char = text[at];
    if (char === '"') {
      at = endOfString(text, at);
      continue;
    }
    if (char === '{' || char === '[') depth += 1;
    else if (char === '}' || char === ']') {
      if (depth === 0) return at;
      depth -= 1;
    } else if (char === ',' && depth === 0) return at;
    at += 1;
  }
  return at;
}

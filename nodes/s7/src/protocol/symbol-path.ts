/**
 * `"DB_Motor".speed` and `"DB_Motor"."speed"` are the same symbol: gives its one spelling, `DB_Motor.speed`, or nothing
 * when the quotes do not match.
 */
export function parseSymbolicText(text: string): string | undefined {
  const parts: string[] = [];
  let rest = text;
  for (;;) {
    const quoted = /^"([^"]{1,128})"/.exec(rest) ?? /^([^".]{1,128})/.exec(rest);
    if (quoted === null) return undefined;
    parts.push(quoted[1] ?? '');
    rest = rest.slice(quoted[0].length);
    if (rest === '') return parts.join('.');
    if (!rest.startsWith('.')) return undefined;
    rest = rest.slice(1);
  }
}

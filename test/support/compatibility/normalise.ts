/** What may differ between two runs of the same flow, each by its name. Everything else has to be equal. */

export interface Place {
  /** Texts that a scenario writes as `@name@`, and what they are for one subject. */
  readonly [name: string]: string;
}

/** Puts the ports, folders and addresses of one subject into the text of a flow. */
export function placed(text: string, place: Place): string {
  return text.replaceAll(/@([a-z]+[a-z0-9-]*)@/g, (whole, name: string) => place[name] ?? whole);
}

const millisecondsOfThisDecade = /(?<![\d.])1[678]\d{11}(?!\d)/g;

/** Each takes the JSON text of an output and gives it back without what its name says; numbers become 0. */
export const normalisers = {
  /** `_msgid`, `parts.id` and others that Node-RED makes up: 16 hexadecimal digits. */
  ids: (text: string) => text.replaceAll(/\b[0-9a-f]{16}\b/g, '@id@'),
  /** Epoch milliseconds and ISO 8601 dates. */
  times: (text: string) =>
    text.replaceAll(millisecondsOfThisDecade, '0').replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, '@time@'),
  /** Lines of a stack: they name where the runtime is installed and what called it. */
  stacks: (text: string) => text.replaceAll(/(?:\\\\n|\\n)\s+at [^"\\]*/g, ''),
  /** Ids and dates in the head of a mail, and the borders of its parts. */
  mails: (text: string) =>
    text
      .replaceAll(/"Message-ID: [^"]*"/g, '"Message-ID: @id@"')
      .replaceAll(/"Date: [^"]*"/g, '"Date: @time@"')
      .replaceAll(/--_NmP-[^"\\]*/g, '@border@'),
  /** Ids of sockets that a dashboard makes up. */
  sessions: (text: string) => text.replaceAll(/(\\?"sid\\?":\\?")[^"\\]+/g, '$1@id@'),
  /** What the example on cookies draws by lot. */
  random: (text: string) => text.replaceAll(/demo-\d+/g, 'demo-@random@'),
} as const;

export type Normaliser = keyof typeof normalisers;

/** `place` values become their names again, the longest first: a folder may contain another. */
export function normalise(value: unknown, place: Place, names: readonly Normaliser[]): unknown {
  let text = JSON.stringify(value) ?? 'null';
  const byLength = Object.entries(place).sort(([, a], [, b]) => b.length - a.length);
  for (const [name, own] of byLength) {
    // A port must not be found within another number.
    text = /^\d+$/.test(own)
      ? text.replaceAll(new RegExp(`(?<!\\d)${own}(?!\\d)`, 'g'), '0')
      : text.replaceAll(own, `@${name}@`);
  }
  for (const name of names) text = normalisers[name](text);
  const parsed: unknown = JSON.parse(text);
  return parsed;
}

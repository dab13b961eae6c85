/** Reads the fields of a node's configuration, as saved by any version of an editor or written by hand. */
export interface ConfigFields {
  /** Trimmed text; `fallback` when absent. Empty text is a problem unless `fallback` is given. */
  text(name: string, fallback?: string): string;
  /** A number, or text that is one (an environment variable arrives as text). */
  number(name: string, limits: { min: number; max: number; integer?: boolean; fallback?: number }): number;
  choice<Choice extends string>(name: string, choices: readonly Choice[], fallback?: Choice): Choice;
  flag(name: string, fallback: boolean): boolean;
  /** The entries of a list field, each as a reader of its own named `row n`. */
  rows(name: string): ConfigFields[];
  /** Records a problem that no single field shows. */
  problem(message: string): void;
}

function isRecord(candidate: unknown): candidate is Record<string, unknown> {
  return typeof candidate === 'object' && candidate !== null && !Array.isArray(candidate);
}

function fieldsOf(source: unknown, where: string, problems: string[]): ConfigFields {
  const record = isRecord(source) ? source : {};
  const problem = (message: string): void => {
    problems.push(where === '' ? message : `${where}: ${message}`);
  };
  const isAbsent = (value: unknown): boolean =>
    value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
  return {
    problem,
    text(name, fallback) {
      const value = record[name];
      if (typeof value === 'string' && value.trim() !== '') return value.trim();
      if (typeof value === 'number') return String(value);
      if (isAbsent(value) && fallback !== undefined) return fallback;
      problem(isAbsent(value) ? `${name} is missing` : `${name} must be text`);
      return '';
    },
    number(name, { min, max, integer = false, fallback }) {
      const value = record[name];
      if (isAbsent(value)) {
        if (fallback !== undefined) return fallback;
        problem(`${name} is missing, give a number from ${min} to ${max}`);
        return min;
      }
      const parsed = typeof value === 'string' ? Number(value.trim()) : value;
      if (typeof parsed !== 'number' || !Number.isFinite(parsed) || (integer && !Number.isInteger(parsed))) {
        problem(`${name} is ${JSON.stringify(value)}, it must be ${integer ? 'a whole number' : 'a number'}`);
        return min;
      }
      if (parsed < min || parsed > max) problem(`${name} is ${parsed}, it must be from ${min} to ${max}`);
      return parsed;
    },
    choice(name, choices, fallback) {
      const value = record[name];
      const chosen = choices.find((choice) => choice === value);
      if (chosen !== undefined) return chosen;
      const first = fallback ?? choices[0];
      if (first === undefined) throw new TypeError(`${name} has no choices`);
      if (!isAbsent(value) || fallback === undefined) {
        problem(`${name} is ${JSON.stringify(value)}, it must be one of ${choices.join(', ')}`);
      }
      return first;
    },
    flag(name, fallback) {
      const value = record[name];
      if (typeof value === 'boolean') return value;
      if (isAbsent(value)) return fallback;
      if (value === 'true' || value === 'false') return value === 'true';
      problem(`${name} is ${JSON.stringify(value)}, it must be true or false`);
      return fallback;
    },
    rows(name) {
      const value = record[name];
      if (isAbsent(value)) return [];
      if (!Array.isArray(value)) {
        problem(`${name} must be a list`);
        return [];
      }
      return value.map((entry: unknown, index) => {
        const row = where === '' ? `row ${index + 1}` : `${where}, row ${index + 1}`;
        if (!isRecord(entry)) problems.push(`${row}: is not a table row`);
        return fieldsOf(entry, row, problems);
      });
    },
  };
}

/** What was read, or every problem that was found: what, in which row, what to do. */
export type ParsedConfig<Config> = { ok: true; config: Config } | { ok: false; problems: readonly string[] };

/** Reads an untrusted configuration with `read`; all problems are collected, not only the first. */
export function parseConfig<Config>(source: unknown, read: (fields: ConfigFields) => Config): ParsedConfig<Config> {
  const problems: string[] = [];
  if (!isRecord(source)) return { ok: false, problems: ['the configuration is not an object'] };
  const config = read(fieldsOf(source, '', problems));
  return problems.length > 0 ? { ok: false, problems } : { ok: true, config };
}

/** Reads the properties of a node's configuration one by one and collects what is wrong with them. */
export interface ConfigReader {
  /** Text without surrounding blanks; `fallback` where the property is absent. */
  text(name: string, fallback: string): string;
  /** A number, or text that is one (environment variables arrive as text). Outside of the limits is a problem. */
  number(name: string, fallback: number, limits: { min: number; max: number; whole?: boolean }): number;
  flag(name: string, fallback: boolean): boolean;
  choice<const Choice extends string>(name: string, choices: readonly Choice[], fallback: Choice): Choice;
  /** Adds a problem of the caller's own. */
  problem(text: string): void;
  /** One line for each property that could not be used; its fallback was given instead. */
  readonly problems: readonly string[];
}

/** `raw` is whatever a flow file, written by hand or by another version, holds for the node. Never throws. */
export function configReader(raw: unknown): ConfigReader {
  const problems: string[] = [];
  const valueOf = (name: string): unknown => {
    if (typeof raw !== 'object' || raw === null || !Object.hasOwn(raw, name)) return undefined;
    return Reflect.get(raw, name);
  };
  const isAbsent = (value: unknown): boolean => value === undefined || value === null || value === '';
  const shown = (value: unknown): string => (typeof value === 'string' ? `"${value}"` : String(value));

  return {
    problems,
    problem: (text) => void problems.push(text),
    text(name, fallback) {
      const value = valueOf(name);
      if (value === undefined || value === null) return fallback;
      if (typeof value === 'string') return value.trim();
      if (typeof value === 'number') return String(value);
      problems.push(`${name} must be text, not ${typeof value}`);
      return fallback;
    },
    number(name, fallback, { min, max, whole = false }) {
      const value = valueOf(name);
      if (isAbsent(value)) return fallback;
      const number = typeof value === 'number' ? value : typeof value === 'string' ? Number(value) : Number.NaN;
      if (number >= min && number <= max && (!whole || Number.isInteger(number))) return number;
      problems.push(`${name} must be a ${whole ? 'whole ' : ''}number from ${min} to ${max}, not ${shown(value)}`);
      return fallback;
    },
    flag(name, fallback) {
      const value = valueOf(name);
      if (isAbsent(value)) return fallback;
      if (value === true || value === 'true') return true;
      if (value === false || value === 'false') return false;
      problems.push(`${name} must be true or false, not ${shown(value)}`);
      return fallback;
    },
    choice(name, choices, fallback) {
      const value = valueOf(name);
      if (isAbsent(value)) return fallback;
      const chosen = choices.find((choice) => choice === value);
      if (chosen !== undefined) return chosen;
      problems.push(`${name} must be one of ${choices.join(', ')}, not ${shown(value)}`);
      return fallback;
    },
  };
}

/** The configuration of a node, or everything that is wrong with it in one line. */
export type ReadResult<Config> = { ok: true; config: Config } | { ok: false; problem: string };

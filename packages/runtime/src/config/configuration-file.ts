/** Reads `bulkhead.yaml`: every fault as one line with file and line number, and never a value, which may be a secret. */
import * as v from 'valibot';
import { isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';
import { nearest } from './nearest.ts';
import { type Configuration, configurationSchema } from './schema.ts';

export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly string[] };

type Path = readonly (string | number)[];

/** `fileName` only stands in front of each line. */
export function parseConfiguration(fileName: string, source: string): Outcome<Configuration> {
  const lines = new LineCounter();
  // Pretty errors quote the source, and with it perhaps a password.
  const document = parseDocument(source, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number): string => `${fileName}:${lines.linePos(offset).line}`;
  if (document.errors.length > 0) {
    return {
      ok: false,
      problems: document.errors.map(({ code, pos }) => `${at(pos[0])}: not valid YAML (${words(code)})`),
    };
  }
  let content: unknown;
  try {
    content = document.toJS() ?? {};
  } catch {
    // An alias without its anchor, or one that explodes; the error would name it.
    return { ok: false, problems: [`${fileName}: not valid YAML (an alias, *name, that cannot be resolved)`] };
  }
  const parsed = v.safeParse(configurationSchema, content);
  if (parsed.success) return { ok: true, value: parsed.output };
  const problems = parsed.issues.map((issue) => {
    const path = pathOf(issue);
    const where = at(offsetOf(document.contents, path));
    if (issue.type === 'strict_object' && Array.isArray(issue.path?.at(-1)?.input)) {
      const parent = path.slice(0, -1).join('.');
      return `${where}: ${parent === '' ? '' : `"${parent}" `}must hold keys and values, not a list`;
    }
    if (issue.type === 'strict_object' && issue.expected === 'never') {
      return `${where}: unknown key "${path.join('.')}"${hint(path)}`;
    }
    if (issue.type === 'strict_object' && issue.received === 'undefined') {
      return `${where}: "${path.join('.')}" is missing`;
    }
    const message = issue.message.startsWith('Invalid') ? 'is not what is expected here' : issue.message;
    return path.length === 0 ? `${where}: must hold keys and values` : `${where}: "${path.join('.')}" ${message}`;
  });
  return { ok: false, problems };
}

const words = (code: string): string => code.toLowerCase().replaceAll('_', ' ');

function pathOf(issue: v.BaseIssue<unknown>): Path {
  const path: (string | number)[] = [];
  for (const { key } of issue.path ?? []) if (typeof key === 'string' || typeof key === 'number') path.push(key);
  return path;
}

/** Where the key of a path stands; for a key that is missing, where its parent does. */
function offsetOf(root: unknown, path: Path): number {
  let node = root;
  let offset = 0;
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
      if (pair === undefined) return offset;
      if (isNode(pair.key)) offset = pair.key.range?.[0] ?? offset;
      node = pair.value;
    } else if (isNode(node) && 'items' in node && Array.isArray(node.items)) {
      const items: readonly unknown[] = node.items;
      node = items[Number(step)];
      if (isNode(node)) offset = node.range?.[0] ?? offset;
    }
  }
  return offset;
}

function hint(path: Path): string {
  const known = keysAt(configurationSchema, path.slice(0, -1));
  const near = nearest(String(path.at(-1)), known);
  if (near !== null) return `; did you mean "${near}"?`;
  return known.length > 0 ? `; known keys are ${known.join(', ')}` : '';
}

/** The keys that a schema allows at a path. */
function keysAt(schema: object, path: Path): readonly string[] {
  if ('wrapped' in schema && isObject(schema.wrapped)) return keysAt(schema.wrapped, path);
  if ('pipe' in schema && Array.isArray(schema.pipe)) {
    const first: unknown = schema.pipe[0];
    // The pipe of a schema starts with that schema itself.
    if (isObject(first) && first !== schema && !('pipe' in first)) return keysAt(first, path);
  }
  const [step, ...rest] = path;
  if ('entries' in schema && isObject(schema.entries)) {
    if (step === undefined) return Object.keys(schema.entries);
    const entries: readonly (readonly [string, unknown])[] = Object.entries(schema.entries);
    const entry = entries.find(([key]) => key === step)?.[1];
    return isObject(entry) ? keysAt(entry, rest) : [];
  }
  return 'item' in schema && isObject(schema.item) && step !== undefined ? keysAt(schema.item, rest) : [];
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

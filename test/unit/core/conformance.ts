import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';

const folder = path.resolve(import.meta.dirname, '../../../../shared/conformance');

/**
 * Runs `body` with a vector file that projects share, when this working copy has it beside it. Where it has not, nothing
 * is registered (a pending test would fail a strict run), and the tables written into the tests still speak.
 */
export function withVectors<S extends v.GenericSchema>(
  file: string,
  schema: S,
  body: (vectors: v.InferOutput<S>) => void,
): void {
  const source = path.join(folder, file);
  if (!existsSync(source)) return;
  body(v.parse(schema, JSON.parse(readFileSync(source, 'utf8'))));
}

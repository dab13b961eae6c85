import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';

/** A break of the code that a person could make, and the test that notices it. */
export interface Mutation {
  /** Which part of the product, as a heading in the document. */
  readonly part: string;
  /** What is promised, as a sentence. */
  readonly promise: string;
  /** Test file, from the root of the repo. */
  readonly test: string;
  /** Text in the title of the one test (or describe) that turns red. */
  readonly title: string;
  /** Source file, from the root of the repo. */
  readonly file: string;
  /** Text that stands exactly once in the file; lines are joined with \n. */
  readonly from: string;
  readonly to: string;
}

const text = v.pipe(v.string(), v.nonEmpty());
const tableSchema = v.array(
  v.strictObject({ part: text, promise: text, test: text, title: text, file: text, from: text, to: v.string() }),
);

const folder = path.join(import.meta.dirname, 'table');

/** All mutations, in the order of the files and of the entries. Throws with the name of the file that is wrong. */
export function mutations(): readonly Mutation[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .flatMap((name) => {
      const parsed = v.safeParse(tableSchema, JSON.parse(readFileSync(path.join(folder, name), 'utf8')));
      if (!parsed.success) throw new Error(`mutations/table/${name}: ${v.summarize(parsed.issues)}`);
      return parsed.output;
    });
}

/** `npm run mutations [-- TEXT | --write]`: breaks the code line by line and expects the named tests to notice. */
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { copyOfRepo } from './copy.ts';
import { documentOf } from './document.ts';
import { type Mutation, mutations } from './table.ts';
import { type Outcome, runTest, withMutation } from './trial.ts';

const all = mutations();
const [wanted = ''] = process.argv.slice(2);

if (wanted === '--write') {
  const file = path.resolve(import.meta.dirname, '../docs/proofs.md');
  writeFileSync(file, documentOf(all));
  console.log(`wrote docs/proofs.md: ${all.length} proofs`);
} else {
  const chosen = all.filter(({ part, promise, file }) => [part, promise, file].some((text) => text.includes(wanted)));
  process.exitCode = chosen.length > 0 && tryAll(chosen) ? 0 : 1;
}

function tryAll(chosen: readonly Mutation[]): boolean {
  const copy = copyOfRepo();
  const greens = new Map<string, Outcome>();
  let noticed = 0;
  try {
    for (const mutation of chosen) {
      const key = `${mutation.test}\0${mutation.title}`;
      const before = greens.get(key) ?? runTest(copy, mutation);
      greens.set(key, before);
      const verdict =
        before.kind === 'green'
          ? verdictOf(withMutation(copy, mutation, () => runTest(copy, mutation)))
          : { good: false, line: `not green without the break${before.kind === 'broken' ? `: ${before.why}` : ''}` };
      if (verdict.good) noticed += 1;
      console.log(
        `${verdict.good ? 'noticed' : 'NOT NOTICED'}  ${mutation.part}: ${mutation.promise} (${verdict.line})`,
      );
    }
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
  console.log(`${noticed} of ${chosen.length} breaks noticed`);
  return noticed === chosen.length;
}

function verdictOf(outcome: Outcome): { readonly good: boolean; readonly line: string } {
  switch (outcome.kind) {
    case 'red':
      return { good: true, line: `${outcome.failed} red` };
    case 'green':
      return { good: false, line: 'stayed green' };
    case 'broken':
      return { good: false, line: outcome.why };
  }
}

import type { Mutation } from './table.ts';

const head = `# Proofs

What is promised, the test that shows it, and a break of the code that turns that test red. \`npm run mutations\` makes each
break in a copy of the repo and runs its test there; one that stays green fails the run. \`npm run mutations -- TEXT\`
takes only those whose part, promise or file contains the text.

This file is written by \`npm run mutations -- --write\` from \`mutations/table\`; a unit test compares the two.
`;

/** docs/proofs.md: one table per part. */
export function documentOf(all: readonly Mutation[]): string {
  const parts = new Map<string, Mutation[]>();
  for (const mutation of all) parts.set(mutation.part, [...(parts.get(mutation.part) ?? []), mutation]);
  const sections = [...parts].map(
    ([part, entries]) =>
      `## ${part}\n\n| promise | test | what is broken for the trial |\n|---|---|---|\n${rows(entries)}`,
  );
  return [head, ...sections].join('\n');
}

function rows(entries: readonly Mutation[]): string {
  return entries
    .map(
      ({ promise, test, title, file, from, to }) =>
        `| ${cell(promise)} | \`${test}\`: ${cell(title)} | \`${file}\`: ${code(from)} → ${to === '' ? 'nothing' : code(to)} |\n`,
    )
    .join('');
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

/** Code inside of a table: a backtick in it asks for two around it. */
function code(text: string): string {
  const line = cell(text.replaceAll(/\s+/g, ' ').trim());
  return line.includes('`') ? `\`\` ${line} \`\`` : `\`${line}\``;
}

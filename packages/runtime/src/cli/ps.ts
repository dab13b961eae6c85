import { exitWords, stateWords, wordsFor } from '../protocol/plain-words.ts';
import { withoutStack } from '../protocol/exit-detail.ts';
import type { Command } from './command.ts';
import { type CompartmentLine, parseCompartments } from './compartments.ts';
import { oneLine, tableLines } from './table.ts';

/** `bulkhead ps`: one line per compartment. With --json the house's own answer, with codes instead of words. */
export const ps: Command = {
  argument: null,
  flags: ['json'],
  async run(_argument, { json }, { house, out }) {
    const answer = await house.ask('/bulkhead/compartments');
    if (json) out(JSON.stringify(answer));
    else {
      const compartments = parseCompartments(answer);
      for (const line of [...psLines(compartments), ...problemLines(compartments)]) out(line);
    }
    return true;
  },
};

export function psLines(compartments: readonly CompartmentLine[]): string[] {
  const head = ['NAME', 'STATE', 'PID', 'CPU', 'MEMORY', 'P99', 'RESTARTS', 'LAST EXIT'];
  return tableLines([
    head,
    ...compartments.map(
      ({ name, state, pid, cpuPercent, rssBytes, eventLoopP99Ms, restarts, lastExit, problems, silent }) => [
        oneLine(name),
        `${wordsFor(stateWords, silent ? 'silent' : state)}${problems.length > 0 ? ' (not all)' : ''}`,
        ...(pid === null
          ? ['-', '-', '-', '-']
          : [
              String(pid),
              `${cpuPercent.toFixed(1)} %`,
              `${Math.round(rssBytes / 2 ** 20)} MB`,
              `${eventLoopP99Ms.toFixed(1)} ms`,
            ]),
        String(restarts),
        exitText(lastExit),
      ],
    ),
  ]);
}

/** Why flows do not run though their process does: too long for a table. */
function problemLines(compartments: readonly CompartmentLine[]): string[] {
  return compartments.flatMap(({ name, problems }) =>
    problems.map((problem) => `${oneLine(name)}: ${oneLine(problem)}`),
  );
}

function exitText(exit: CompartmentLine['lastExit']): string {
  if (exit === null) return '-';
  const name = exit.nodeName;
  const node = name === undefined ? '' : exit.nodeIsExact === false ? `, last received by "${name}"` : ` in "${name}"`;
  return oneLine(`${wordsFor(exitWords, exit.reason)}${node}: ${withoutStack(exit.detail)}`);
}

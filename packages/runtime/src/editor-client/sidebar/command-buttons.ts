import { element, icon } from './element.ts';
import { forWriters } from './for-writers.ts';
import type { Command } from './house-api.ts';
import type { CompartmentInfo, State } from './model.ts';
import { text } from './texts.ts';

const offered: Readonly<Record<Command, readonly State[]>> = {
  start: ['stopped', 'quarantined', 'backing-off'],
  stop: ['starting', 'running', 'backing-off'],
  restart: ['starting', 'running'],
  rollback: ['running', 'quarantined', 'backing-off'],
};
const icons = { start: 'play', stop: 'stop', restart: 'refresh', rollback: 'history' } as const;
/** A stop closes its nodes first, which may take ten seconds. */
const patienceMs = 12_000;

/** Start, stop, restart and roll back; disabled from a click until the state has changed. */
export function createCommandButtons(run: (command: Command) => Promise<void>, fail: (message: string) => void) {
  let latest: CompartmentInfo | null = null;
  let waiting: { command: Command; for: string; until: number } | null = null;
  const signature = (): string => `${latest?.state} ${latest?.pid} ${latest?.pinned} ${latest?.canRollBack}`;

  const buttons = (['start', 'stop', 'restart', 'rollback'] as const).map((command) => {
    const image = icon(icons[command]);
    const button = element('button', 'red-ui-button red-ui-button-small', image, ` ${text(`button.${command}`)}`);
    button.type = 'button';
    button.dataset['command'] = command;
    if (command === 'rollback') button.title = text('rollback.hint');
    button.addEventListener('click', () => {
      waiting = { command, for: signature(), until: Date.now() + patienceMs };
      draw();
      run(command).catch((error: unknown) => {
        waiting = null;
        draw();
        fail(error instanceof Error ? error.message : String(error));
      });
    });
    return { command, button, image };
  });

  const draw = (): void => {
    if (waiting && (waiting.for !== signature() || Date.now() > waiting.until)) waiting = null;
    for (const { command, button, image } of buttons) {
      button.hidden = latest === null || !offered[command].includes(latest.state);
      // What is rolled back already goes on with a deploy; without earlier flows there is nothing to go back to.
      if (command === 'rollback' && (latest?.pinned || latest?.canRollBack === false)) button.hidden = true;
      button.disabled = waiting !== null;
      image.classList.toggle('fa-spin', waiting?.command === command && command === 'restart');
    }
  };

  return {
    element: forWriters(element('div', 'bulkhead-commands', ...buttons.map(({ button }) => button))),
    show(compartment: CompartmentInfo): void {
      latest = compartment;
      draw();
    },
  };
}

import { createDetails } from './details.ts';
import { element, icon, setText } from './element.ts';
import { megabytes, milliseconds, percent } from './figures.ts';
import type { HouseApi } from './house-api.ts';
import type { CompartmentInfo, Plan, SetAside } from './model.ts';
import { text, textOr } from './texts.ts';

const summaryParts = ['figure.cpu', 'figure.memory', 'figure.eventLoop', 'figure.restarts'] as const;

/** One compartment in the list: a line that says how it is, and the details that it unfolds to. */
export function createRow(id: string, api: HouseApi, changed: () => void) {
  const dot = element('span', 'bulkhead-state-dot');
  const name = element('span', 'bulkhead-name');
  const state = element('span', 'bulkhead-state');
  const figures = element('span', 'bulkhead-summary');
  figures.title = summaryParts.map((key) => text(key)).join(' · ');
  const head = element(
    'button',
    'bulkhead-head',
    icon('angle-right'),
    dot,
    element('span', 'bulkhead-title', name, figures),
    state,
  );
  head.type = 'button';
  head.ariaExpanded = 'false';
  const details = createDetails(id, api, changed);
  details.element.hidden = true;
  const whole = element('li', 'bulkhead-compartment', head, details.element);
  whole.dataset['compartment'] = id;
  head.addEventListener('click', () => {
    details.element.hidden = !details.element.hidden;
    head.ariaExpanded = String(!details.element.hidden);
    changed();
  });

  return {
    element: whole,
    async show(compartment: CompartmentInfo, plan: Plan, setAside: readonly SetAside[]): Promise<void> {
      setText(name, compartment.name);
      name.title = compartment.tabs.map(({ label }) => label).join('\n');
      const shown = shownState(compartment);
      whole.dataset['state'] = shown;
      setText(state, textOr('state', shown));
      state.title = shown === 'silent' ? text('silent.why') : '';
      setText(figures, summaryOf(compartment));
      if (!details.element.hidden) await details.show(compartment, plan, setAside);
    },
  };
}

/** Running alone is no news: what runs otherwise than it was deployed says so. */
function shownState({ state, silent, problems, pinned }: CompartmentInfo): string {
  if (state !== 'running') return state;
  if (silent) return 'silent';
  return problems.length > 0 ? 'problem' : pinned ? 'rolled-back' : state;
}

function summaryOf({ pid, cpuPercent, memory, eventLoop, restarts, lastExit, state }: CompartmentInfo): string {
  if (pid === null) return lastExit && state !== 'stopped' ? textOr('reason', lastExit.reason) : '';
  const parts = [percent(cpuPercent), megabytes(memory.rssBytes), milliseconds(eventLoop.p99Ms)];
  if (restarts > 0) parts.push(`↻ ${restarts}`);
  return parts.join(' · ');
}

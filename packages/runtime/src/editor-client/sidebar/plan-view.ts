import { element, foldable } from './element.ts';
import type { Plan, Planned } from './model.ts';
import { nodeLink } from './node-link.ts';
import { text, textOr } from './texts.ts';

/** Why tabs run in one process, and why some nodes of a tab run in another: each with its reason. */
export function createPlanView() {
  const { whole, body, count } = foldable(text('plan.title'));
  let shown = '';

  return {
    element: whole,
    show(id: string, plan: Plan): void {
      const planned = plan.compartments.find((compartment) => compartment.id === id);
      const entries = planned === undefined ? [] : entriesOf(planned, plan);
      whole.hidden = entries.length === 0;
      const content = JSON.stringify(entries);
      if (content === shown) return;
      shown = content;
      count.textContent = String(entries.length);
      body.replaceChildren(element('ul', 'bulkhead-unions', ...entries.map(drawn)));
    },
  };
}

interface Entry {
  readonly kind: string;
  readonly what: string;
  readonly reason: string;
  readonly nodeId?: string | undefined;
}

function entriesOf({ id, unions, splits }: Planned, { compartments }: Plan): Entry[] {
  const units = compartments.flatMap(({ tabs, dashboards }) => [...tabs, ...dashboards]);
  const labelOf = (unit: string): string => units.find((known) => known.id === unit)?.label ?? unit;
  const nameOf = (other: string): string => compartments.find((known) => known.id === other)?.name ?? other;
  return [
    ...unions.map(({ tabs, kind, nodeId, reason }) => ({ kind, what: tabs.map(labelOf).join(' + '), nodeId, reason })),
    ...splits
      .filter(({ from, to }) => from === id || to === id)
      .map(({ tab, nodes, to, reason }) => ({
        kind: 'split',
        what: text(to === id ? 'plan.in' : 'plan.out', {
          n: nodes.length,
          tab: labelOf(tab),
          compartment: nameOf(to),
        }),
        reason,
        nodeId: nodes[0],
      })),
  ];
}

function drawn({ kind, what, reason, nodeId }: Entry): HTMLElement {
  const why = element('div', 'bulkhead-detail');
  why.append(nodeId === undefined ? reason : nodeLink(nodeId, reason));
  return element('li', '', element('div', '', element('span', 'bulkhead-kind', textOr('union', kind)), what), why);
}

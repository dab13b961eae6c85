import { element, foldable } from './element.ts';
import type { CompartmentInfo, Union } from './model.ts';
import { nodeLink } from './node-link.ts';
import { text, textOr } from './texts.ts';

/** Why the tabs of one compartment run in one process: each tie with its reason and the node that makes it. */
export function createPlanView() {
  const { whole, body, count } = foldable(text('plan.title'));
  let shown = '';

  return {
    element: whole,
    show({ tabs }: CompartmentInfo, unions: readonly Union[]): void {
      whole.hidden = tabs.length < 2;
      const content = JSON.stringify([tabs, unions]);
      if (content === shown) return;
      shown = content;
      count.textContent = String(tabs.length);
      const labelOf = new Map(tabs.map(({ id, label }) => [id, label]));
      const entry = ({ tabs: tied, kind, nodeId, reason }: Union): HTMLElement => {
        const labels = tied.map((id) => labelOf.get(id) ?? id).join(' + ');
        const why = element('div', 'bulkhead-detail');
        why.append(nodeId === undefined ? reason : nodeLink(nodeId, reason));
        return element(
          'li',
          '',
          element('div', '', element('span', 'bulkhead-kind', textOr('union', kind)), labels),
          why,
        );
      };
      body.replaceChildren(element('ul', 'bulkhead-unions', ...unions.map(entry)));
    },
  };
}

import { element, foldable } from './element.ts';
import type { Plan } from './model.ts';
import { nodeLink } from './node-link.ts';
import { text } from './texts.ts';

/** What the plan knows to be wrong: two nodes on one port or path, a path that is not to be had, and names in `bulkhead.yaml` that mean nothing. */
export function createPlanWarnings() {
  const { whole, body, count } = foldable(text('plan.conflicts'));
  whole.classList.add('bulkhead-conflicts');
  whole.open = true;
  let shown = '';

  return {
    element: whole,
    show({ conflicts, warnings }: Plan): void {
      const content = JSON.stringify([conflicts, warnings]);
      whole.hidden = conflicts.length + warnings.length === 0;
      if (content === shown) return;
      shown = content;
      count.textContent = String(conflicts.length + warnings.length);
      const lines = [
        ...conflicts.map(({ nodes, reason }) => nodeLink(nodes.at(-1)?.id ?? '', reason)),
        ...warnings.map((warning) => element('span', '', warning)),
      ];
      body.replaceChildren(element('ul', 'bulkhead-unions', ...lines.map((line) => element('li', '', line))));
    },
  };
}

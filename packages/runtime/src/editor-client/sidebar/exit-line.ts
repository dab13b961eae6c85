import { withoutStack } from '../../protocol/exit-detail.ts';
import { ageSince } from './age.ts';
import { element } from './element.ts';
import type { LastExit } from './model.ts';
import { nodeLink } from './node-link.ts';
import { text, textOr } from './texts.ts';

/** Why and when a process ended, in which node, and what the runtime found out about it. */
export function exitLines({ at, reason, detail, nodeId, nodeName, nodeIsExact }: LastExit): HTMLElement[] {
  const lines = [element('div', 'bulkhead-exit-head', element('b', '', textOr('reason', reason)), ageSince(at))];
  if (nodeId !== undefined)
    lines.push(
      element(
        'div',
        'bulkhead-exit-node',
        `${text(nodeIsExact === false ? 'crash.lastNode' : 'exit.in')} `,
        nodeLink(nodeId, nodeName ?? nodeId),
      ),
    );
  const shortened = element('div', 'bulkhead-detail', withoutStack(detail));
  shortened.title = detail;
  return [...lines, shortened];
}

import { element } from './element.ts';
import { ago, dateTime } from './figures.ts';
import type { LastExit } from './model.ts';
import { nodeLink } from './node-link.ts';
import { text, textOr } from './texts.ts';

/** Why and where a process ended, and when: "hang in counter · 3 min. ago", and below it what is known in detail. */
export function exitLines(exit: LastExit): HTMLElement[] {
  const time = element('time', 'bulkhead-time', ago(exit.at));
  time.title = dateTime(exit.at);
  const head = element('div', 'bulkhead-exit-head', element('b', '', textOr('reason', exit.reason)));
  if (exit.nodeId !== undefined)
    head.append(` ${text('exit.in')} `, nodeLink(exit.nodeId, exit.nodeName ?? exit.nodeId));
  head.append(time);
  return [head, element('div', 'bulkhead-detail', exit.detail)];
}

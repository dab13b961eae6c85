import { withoutStack } from '../protocol/exit-detail.ts';
import { element } from './sidebar/element.ts';
import { nodeLink } from './sidebar/node-link.ts';
import { text, textOr } from './sidebar/texts.ts';

/** Of the comms topic `bulkhead/crash`: codes and names; the words are found here. */
export interface Crash {
  readonly compartment: string;
  readonly name: string;
  readonly reason: string;
  readonly detail: string;
  readonly nodeId?: string;
  readonly nodeName?: string;
  readonly nodeIsExact?: boolean;
  readonly hasMessage?: boolean;
  readonly next: string;
}

/** Of the comms topic `bulkhead/global-contention`. */
export interface Contention {
  readonly key: string;
  readonly names: readonly string[];
  readonly lostUpdate: boolean;
}

/** What only the house itself says about an end is told by its reason; a node's own error is worth reading. */
const saidByReason = new Set(['hang', 'memory-limit', 'signal']);

export function crashWords(crash: Crash): HTMLElement {
  const box = element('div');
  box.append(line(element('b', '', text('crash.ended', { name: crash.name, reason: textOr('reason', crash.reason) }))));
  if (crash.nodeId !== undefined) {
    const key = crash.nodeIsExact === true ? 'crash.node' : 'crash.lastNode';
    box.append(line(`${text(key)} `, nodeLink(crash.nodeId, crash.nodeName ?? crash.nodeId)));
  }
  if (!saidByReason.has(crash.reason)) box.append(line(withoutStack(crash.detail)));
  box.append(line(text(nextWords(crash.next))));
  if (crash.hasMessage === true) box.append(line(text('crash.hasMessage')));
  return box;
}

const nextWords = (next: string) =>
  next === 'quarantined' ? 'crash.quarantined' : next === 'rolled-back' ? 'crash.rolledBack' : 'crash.restarting';

/** An element, because the editor takes a text for HTML, and the key comes from a flow. */
export function contentionWords({ key, names, lostUpdate }: Contention): HTMLElement {
  const [one = '', two = ''] = names;
  return line(text(lostUpdate ? 'contention.lost' : 'contention.both', { key, one, two }));
}

function line(...parts: (Node | string)[]): HTMLElement {
  const paragraph = element('p', '', ...parts);
  paragraph.style.margin = '4px 0';
  return paragraph;
}

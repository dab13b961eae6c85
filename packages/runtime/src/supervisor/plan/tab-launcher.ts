import { type Launcher, launchers } from '../../protocol/boot.ts';
import type { FlowNode } from '../../protocol/messages.ts';
import { tabVariable } from './tab-variable.ts';

/** How tabs that run together ask to be run; where they differ, the stronger wall counts. */
export function launcherOf(tabs: readonly FlowNode[]): { readonly launcher?: Launcher } {
  const asked = tabs.map((tab) => tabVariable(tab, 'BULKHEAD_LAUNCHER'));
  const launcher = launchers.toReversed().find((known) => asked.includes(known));
  return launcher === undefined ? {} : { launcher };
}

/** The front of a house that has an editor and at most one tab, all of them given by their sockets. */
import { Poison } from '../../packages/runtime/src/supervisor/crashes/poison.ts';
import { type Front, openFront } from '../../packages/runtime/src/supervisor/front/front.ts';
import type { Route } from '../../packages/runtime/src/protocol/messages.ts';

export interface TestHouse {
  readonly editorSocket: string;
  readonly tab?: { readonly socketPath: string; readonly routes: readonly Route[] };
  readonly poison?: Poison;
  readonly hosts?: readonly string[];
  routesAreComing?(): boolean;
  log?(line: string): void;
}

const noPoison = (): Poison => new Poison({ loaded: [], save() {}, saved: () => Promise.resolve() });

export function openTestFront({ editorSocket, tab, poison = noPoison(), ...house }: TestHouse): Promise<Front> {
  return openFront({
    port: 0,
    boundTo: '127.0.0.1',
    hosts: house.hosts ?? [],
    poison,
    editorSocket,
    api: {
      keeperPid: process.pid,
      plan: () => ({ compartments: [], conflicts: [], warnings: [] }),
      compartments: () => new Map(),
      sample: () => null,
      children: () => Promise.resolve([]),
      logs: () => Promise.resolve([]),
      poison,
      crashes: { message: () => Promise.resolve(undefined), remove: () => false },
      resend: () => Promise.resolve(false),
      stateSaved: () => Promise.resolve(null),
      uns: () => Promise.resolve({}),
      readiness: () => ({ ready: true, waitingFor: [] }),
      metrics: () => Promise.resolve({ text: '', contentType: 'text/plain' }),
    },
    routes: () => (tab === undefined ? [] : [{ compartmentId: 'tab', ...tab }]),
    dashboards: () => [],
    routesAreComing: house.routesAreComing ?? (() => false),
    door: {
      metricsAreOpen: true,
      authorize: () => Promise.resolve(true),
      enter: () => null,
      sessions: () => {},
      audit: () => {},
    },
    log: house.log ?? (() => {}),
  });
}

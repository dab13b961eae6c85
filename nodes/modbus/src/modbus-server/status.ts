import type { NodeStatus, Translate } from '@bulkhead/node-kit';
import type { ServerState } from './server.ts';

export type ServerView =
  | { kind: 'not-configured' }
  | { kind: 'server'; state: ServerState; where: string; clients: number; requests: number; now: number };

/** Texts without numbers are given as keys, which each browser shows in its own language. */
export function renderServer(view: ServerView, translate: Translate): NodeStatus {
  const key = (name: string): string => `modbus-server.status.${name}`;
  if (view.kind === 'not-configured') return { fill: 'red', shape: 'ring', text: key('notConfigured') };
  const { state, where, clients, requests, now } = view;
  switch (state.kind) {
    case 'idle':
      return { fill: 'grey', shape: 'dot', text: key('stopped') };
    case 'starting':
      return { fill: 'yellow', shape: 'ring', text: key('starting') };
    case 'waiting': {
      const seconds = Math.max(1, Math.round((state.retryAt - now) / 1000));
      return { fill: 'red', shape: 'ring', text: translate(key('retrying'), { where, seconds }) };
    }
    case 'listening': {
      const parts = [
        where,
        translate(key(clients === 1 ? 'oneClient' : 'clients'), { clients }),
        translate(key(requests === 1 ? 'oneRequest' : 'requests'), { requests }),
      ];
      return { fill: 'green', shape: 'dot', text: parts.join(', ') };
    }
  }
}

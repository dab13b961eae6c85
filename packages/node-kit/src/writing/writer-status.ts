import type { LinkState } from '../link-state.ts';
import type { Translate } from '../reading/source-status.ts';
import type { NodeStatus } from '../status.ts';

export type WriterView =
  | { kind: 'not-configured' }
  | { kind: 'not-connected' }
  | { kind: 'writes-off' }
  | { kind: 'link'; state: LinkState; written: number; failed: number; isLastFailed: boolean };

/** Status of a writing node. Texts lie at `<type>.status.*`; those without numbers are given as keys, which each browser shows in its own language. */
export function renderWriter(type: string, view: WriterView, translate: Translate): NodeStatus {
  const key = (name: string): string => `${type}.status.${name}`;
  switch (view.kind) {
    case 'not-configured':
      return { fill: 'red', shape: 'ring', text: key('notConfigured') };
    case 'not-connected':
      return { fill: 'grey', shape: 'ring', text: key('noConnection') };
    case 'writes-off':
      return { fill: 'yellow', shape: 'ring', text: key('writesOff') };
    case 'link': {
      const { state, written, failed, isLastFailed } = view;
      if (state.kind === 'waiting') {
        const seconds = Math.max(1, Math.round((state.retryAt - Date.now()) / 1000));
        return { fill: 'yellow', shape: 'ring', text: translate(key('retrying'), { seconds }) };
      }
      if (state.kind !== 'connected') return { fill: 'yellow', shape: 'ring', text: key('connecting') };
      const text = translate(key(failed > 0 ? 'someFailed' : 'written'), { written, failed });
      return { fill: isLastFailed ? 'red' : 'green', shape: 'dot', text };
    }
  }
}

export type OeeState =
  | { kind: 'not-configured' }
  | { kind: 'waiting' }
  | { kind: 'working'; oee: number | null; isStateKnown: boolean; lateSamples: number };

export interface StatusText {
  fill: 'grey' | 'yellow' | 'green';
  shape: 'ring' | 'dot';
  text: string;
}

/** `translate` gets keys of the node's own catalogue. */
export function oeeStatus(
  state: OeeState,
  translate: (key: string, values?: Record<string, string | number>) => string,
): StatusText {
  switch (state.kind) {
    case 'not-configured':
      return { fill: 'grey', shape: 'ring', text: translate('oee.status.notConfigured') };
    case 'waiting':
      return { fill: 'yellow', shape: 'ring', text: translate('oee.status.waiting') };
    case 'working': {
      const figure =
        state.oee === null
          ? translate('oee.status.noFigure')
          : translate('oee.status.figure', { oee: state.oee.toFixed(1) });
      if (!state.isStateKnown) {
        return { fill: 'yellow', shape: 'dot', text: `${figure}, ${translate('oee.status.unknown')}` };
      }
      if (state.lateSamples > 0) {
        const late = translate('oee.status.late', { count: state.lateSamples });
        return { fill: 'yellow', shape: 'dot', text: `${figure}, ${late}` };
      }
      return { fill: 'green', shape: 'dot', text: figure };
    }
  }
}

import { atStart, compared, type Manifest } from '../../support/compatibility/example.ts';
import { until } from '../../support/until.ts';

export const commonExamples: Manifest = {
  'common/catch/01 - Catch error': compared(1, { normalisers: ['stacks'] }),
  'common/complete/01 - Handle completion of node execution': compared(2),
  'common/debug/01 - Output payload value': compared(1),
  'common/debug/02 - Output complete message': compared(1),
  'common/debug/03 - Output to console': compared(1, {
    // It writes to the log only.
    async drive({ press, subject, add }) {
      await press('3c24e746.9ff6a8');
      const logged = await until(() => subject.logged(/Hello, World!/), {
        deadlineMs: 10_000,
        what: 'a line in the log',
      });
      add('log', logged);
    },
  }),
  'common/debug/04 - Output to node status': compared(0),
  'common/debug/05 - Formatting output using JSONata': compared(1),
  'common/inject/01 - Trigger a flow at startup': compared(1, { drive: atStart }),
  'common/inject/02 - Trigger a flow at regular intervals': compared(2, {
    drive: atStart,
    endless: true,
    normalisers: ['times'],
  }),
  'common/inject/03 - Trigger a flow at a specific time': compared(1),
  'common/link/01 - Link within a tab': compared(1),
  'common/link/02 - Link across tabs': compared(1),
  'common/link/03 - Link call': compared(3),
  'common/status/01 - Handle status message output': compared(2),
};

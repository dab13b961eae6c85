import { equal } from 'node:assert/strict';
import { startDeafHost } from '../../support/deaf-host.ts';
import { linkTo } from '../../support/s7-house.ts';
import { until } from '../../support/until.ts';

describe('An S7 connection to a host that is switched off', function () {
  this.timeout(15_000);

  it('is given up after its time, and tried again', async () => {
    const host = await startDeafHost();
    const link = linkTo({ port: host.port, timeoutMs: 100 });
    const codes: unknown[] = [];
    link.watch((state) => {
      if (state.kind === 'waiting') codes.push('code' in state.reason && state.reason.code);
    });
    link.start();
    await until(() => codes.length === 2, { deadlineMs: 5_000, what: 'two tries' });
    link.stop();
    await host.close();
    equal(codes[0], 'connect-timeout');
  });
});

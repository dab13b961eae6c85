import * as n from '../../test/support/compatibility/nodes.ts';
import { runTogether } from '../../test/support/compatibility/run-together.ts';
import { assertSame, type Scenario } from '../../test/support/compatibility/scenario.ts';
import { startHouse, startStock } from '../../test/support/compatibility/subject.ts';

const scenario: Scenario = {
  name: 'npm modules of function nodes',
  outputs: 1,
  flows: [
    n.tab('nm1'),
    n.inject('nm-go', 'nm1', ['nm-f']),
    n.func('nm-f', 'nm1', 'msg.payload = [ms("2 days"), typeof ms]; return msg;', ['nm-d'], {
      libs: [{ var: 'ms', module: 'ms' }],
    }),
    n.debug('nm-d', 'nm1'),
  ],
};

describe('npm modules that a function node names in its set-up', function () {
  this.timeout(240_000);

  it('are installed at the deploy and give the same here as in stock Node-RED', async () => {
    const subjects = await Promise.all([startStock(), startHouse()]);
    try {
      const [stock, bulkhead] = await Promise.all(subjects.map((subject) => runTogether([scenario], subject)));
      assertSame(stock?.get(scenario.name), bulkhead?.get(scenario.name));
    } finally {
      await Promise.all(subjects.map((subject) => subject.stop()));
    }
  });
});

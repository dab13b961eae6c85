import assert from 'node:assert/strict';
import { type Bulkhead, startBulkhead } from '../support/bulkhead.ts';
import { until } from '../support/until.ts';
import { func, httpIn, httpResponse, tab } from '../support/compatibility/nodes.ts';

const answering = (id: string) => [
  tab(id),
  httpIn(`${id}-in`, id, 'get', '/same', [`${id}-f`]),
  func(`${id}-f`, id, `msg.payload = "${id}"; return msg;`, [`${id}-out`]),
  httpResponse(`${id}-out`, id),
];

describe('a route that two tabs have', function () {
  this.timeout(90_000);
  let bulkhead: Bulkhead;
  afterEach(() => bulkhead.stop());

  it('is answered by the first of them in the flow file, also when it was started last', async () => {
    bulkhead = await startBulkhead({
      flows: [...answering('first'), ...answering('second')],
      settings: 'plant: {enabled: false}\n',
    });
    const answer = async (): Promise<string> => (await bulkhead.request('/same')).text();
    assert.equal(await answer(), 'first');
    await bulkhead.deploy([...answering('first').slice(0, 1), ...answering('second')]);
    await bulkhead.deploy([...answering('first'), ...answering('second')]);
    await bulkhead.request('/bulkhead/compartments/first/restart', { method: 'POST' });
    await until(async () => (await answer()) === 'first', { deadlineMs: 20_000, what: 'the first tab answers again' });
  });
});

import assert from 'node:assert/strict';
import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Bulkhead, startBulkhead } from '../support/bulkhead.ts';
import { func, inject, tab } from '../support/compartment.ts';
import { linkIn, linkOut } from '../support/linked-compartments.ts';
import { until } from '../support/until.ts';

const file = path.join(tmpdir(), `bulkhead-links-${process.pid}.txt`);
/** What comes over the links is written to a file, one line each, by the last of three tabs. */
const flows = [
  tab('a'),
  tab('b'),
  tab('c'),
  inject('press', 'a', ['many']),
  func('many', 'a', 'for (let i = 0; i < 20000; i++) node.send({ payload: String(i) });', ['out']),
  linkOut('out', 'a', ['in']),
  linkIn('in', 'b', ['on']),
  linkOut('on', 'b', ['last']),
  linkIn('last', 'c', ['write']),
  func('write', 'c', `fs.appendFileSync(${JSON.stringify(file)}, msg.payload + "\\n");`, [], {
    libs: [{ var: 'fs', module: 'fs' }],
  }),
];
const settings = 'plant:\n  enabled: false\n';

describe('links in a whole house', function () {
  this.timeout(90_000);
  let bulkhead: Bulkhead;
  afterEach(async () => {
    await bulkhead.stop();
    await rm(file, { force: true });
  });

  it('join tabs that run apart, and are counted in the metrics', async () => {
    bulkhead = await startBulkhead({ flows, settings });
    assert.equal((await bulkhead.compartments()).length, 3);
    await bulkhead.request('/inject/press', { method: 'POST' });
    const metrics = await until(
      async () => {
        const text = await (await bulkhead.request('/metrics')).text();
        // Each tells its own figures, once a second.
        const done = ['sent_total{compartment="a"}', 'sent_total{compartment="b"}', 'received_total{compartment="c"}'];
        return done.every((line) => text.includes(`bulkhead_link_${line} 20000`)) ? text : undefined;
      },
      { deadlineMs: 20_000, what: '20,000 messages in the metrics' },
    );
    assert.match(metrics, /bulkhead_link_dropped_total\{compartment="a"\} 0/);
    assert.match(metrics, /bulkhead_link_queued\{compartment="a"\} 0/);
  });

  it('are emptied by a clean stop before anything closes', async () => {
    bulkhead = await startBulkhead({ flows, settings });
    await bulkhead.request('/inject/press', { method: 'POST' });
    assert.equal(await bulkhead.stop(), 0);
    const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
    assert.equal(lines.length, 20_000);
    assert.ok(lines.every((line, index) => line === String(index)));
  });
});

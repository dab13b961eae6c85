import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { inFull } from '../support/compatibility/run-together.ts';
import { assertSame, type Placed, type Run, run } from '../support/compatibility/scenario.ts';
import { startHouse, startStock, type Subject } from '../support/compatibility/subject.ts';

/** User directories as Node-RED 4.1.15 and 5.0.7 left them, with credentials under a key that Node-RED made or of a user. */
const folder = path.join(import.meta.dirname, 'flow-files');
const secrets = ['of all', 'of the template', 'of the use', 'Basic b3BlcmF0b3I6YSBzZWNyZXQ'];
const flowFile = v.array(v.looseObject({ id: v.string(), type: v.string() }));

async function runFile(name: string, subject: Subject): Promise<Run> {
  const flows = v.parse(flowFile, JSON.parse(readFileSync(path.join(folder, name, 'flows.json'), 'utf8')));
  const placed: Placed = {
    scenario: {
      name,
      flows,
      outputs: 2,
      async drive() {
        const url = { p: 'url', v: `${subject.url}/flow-file`, vt: 'str' };
        const response = await subject.request('/inject/9e8d7c6b.5a4f38', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ __user_inject_props__: [url, { p: 'payload', v: 'old', vt: 'str' }] }),
        });
        assert.equal(response.status, 200, `the button in ${subject.kind}`);
      },
    },
    flows,
    place: { address: subject.url.replace('http://', '') },
  };
  return { placed, result: { ok: true, outcome: await run(placed, subject) } };
}

describe('a flow file with credentials', function () {
  this.timeout(120_000);

  for (const [name, what] of [
    ['4.1', 'of Node-RED 4.1'],
    ...(inFull ? [['5', 'of Node-RED 5'] as const] : []),
    ['5-own-key', 'of Node-RED 5, under a key of the user that stands in .config.runtime.json,'],
  ] as const) {
    it(`${what} runs as it is`, async () => {
      const userFiles = path.join(folder, name);
      const subjects = await Promise.all([startStock({ userFiles }), startHouse({ userFiles })]);
      try {
        const [stock, bulkhead] = await Promise.all(subjects.map((subject) => runFile(name, subject)));
        assertSame(stock, bulkhead);
        const came = JSON.stringify(stock?.result.ok === true && stock.result.outcome.outputs);
        for (const secret of secrets) assert.ok(came.includes(secret), `${secret} in ${came}`);
      } finally {
        await Promise.all(subjects.map((subject) => subject.stop()));
      }
    });
  }
});

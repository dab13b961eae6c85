import { deepEqual, equal } from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { DataType } from 'node-opcua';
import { isRecord } from '@bulkhead/core';
import { parseCertificates } from '../../nodes/opcua/src/pki/certificates.ts';
import { parseProbeResult } from '../../nodes/opcua/src/probing/result.ts';
import { type Bulkhead, startBulkhead } from '../support/bulkhead.ts';
import { createOpcuaPlant, type OpcuaPlant } from '../support/opcua-plant.ts';
import { type StatusWatch, watchStatuses } from '../support/status-watch.ts';
import { until } from '../support/until.ts';

const user = { name: 'operator', password: 'right' };
const security = { securityMode: 'SignAndEncrypt', securityPolicy: 'Basic256Sha256', authentication: 'user' };

describe('OPC UA keys and trust in a house', function () {
  this.timeout(90_000);
  let plant: OpcuaPlant;
  let bulkhead: Bulkhead;
  let statuses: StatusWatch;

  const reader = (id: string, tab: string) => [
    { id: tab, type: 'tab', label: tab },
    {
      id,
      type: 'opcua-read',
      z: tab,
      connection: 'server',
      publishingMs: '100',
      output: 'batch',
      tags: [{ nodeId: 'ns=1;s=level', topic: `umh.v1.test._raw.${id}` }],
      x: 100,
      y: 100,
      wires: [[], []],
    },
  ];
  const certificates = async (path = '', method = 'GET') =>
    parseCertificates(await (await bulkhead.request(`/opcua-connection/certificates${path}`, { method })).json());

  /** As somebody in the editor does once the tabs have listed it; gives what is trusted then. */
  const trustServer = () =>
    until(
      async () => {
        const { rejected, trusted } = await certificates();
        for (const { thumbprint } of rejected) await certificates(`/${thumbprint}/trust`, 'POST');
        return trusted.length > 0 ? trusted : undefined;
      },
      { deadlineMs: 30_000, what: 'the trusted server' },
    );

  before(async () => {
    plant = await createOpcuaPlant({ variables: { level: { dataType: DataType.Double, value: 2.5 } }, user });
    bulkhead = await startBulkhead({ flows: [], env: { BULKHEAD_PLANT: 'false', BULKHEAD_DEMO: 'false' } });
    statuses = watchStatuses(bulkhead.url);
    await bulkhead.deploy([
      {
        id: 'server',
        type: 'opcua-connection',
        endpoint: plant.endpoint,
        ...security,
        reconnectFirstMs: '100',
        reconnectMaxMs: '500',
        credentials: { user: user.name, password: user.password },
      },
      ...reader('first', 'tab-a'),
      ...reader('second', 'tab-b'),
    ]);
  });
  after(async () => {
    statuses?.close();
    await bulkhead?.stop();
    await plant?.close();
  });

  it('are one for all tabs: two confined processes list a server once, and connect when it is trusted in the editor', async () => {
    equal((await trustServer()).length, 1);
    for (const id of ['first', 'second']) await statuses.until(id, ({ fill }) => fill === 'green');
    const running = (await bulkhead.compartments()).filter(({ state }) => state === 'running');
    equal(new Set(running.map(({ pid }) => pid)).size >= 2, true);
    const pairs = readdirSync(bulkhead.home, { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('application.pem'),
    );
    equal(pairs.length, 1);
  });

  it('and the stored password of a deployed connection let the dialog ask the server', async () => {
    await trustServer();
    const connection = { endpoint: plant.endpoint, ...security };
    const question = { kind: 'test', dialog: 'd', connection, secrets: {}, stored: { node: 'server' } };
    const answer: unknown = await (
      await bulkhead.request('/opcua-connection/probe', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(question),
      })
    ).json();
    const result = parseProbeResult(isRecord(answer) ? answer['result'] : undefined);
    deepEqual(result?.kind === 'tested' && result.endpoints.map(({ failure }) => failure), [undefined]);
  });
});

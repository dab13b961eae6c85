import { deepEqual, equal, match, ok } from 'node:assert/strict';
import path from 'node:path';
import { createProbeDialogs, type ProbeDialogs } from '@bulkhead/node-kit';
import { DataType } from 'node-opcua';
import { parseProbeResult, type ProbeResult } from '../../../nodes/opcua/src/probing/result.ts';
import { type Asyncua, startAsyncua } from '../../support/asyncua.ts';
import { freePort } from '../../support/free-port.ts';
import { type TestPki, testPki } from '../../support/opcua-pki.ts';
import { historyStart } from '../../support/opcua-services.ts';
import { createOpcuaPlant, type OpcuaPlant } from '../../support/opcua-plant.ts';
import { until } from '../../support/until.ts';

const script = path.resolve(import.meta.dirname, '../../../nodes/opcua/dist/probe.js');
const uri = 'urn:acme:filler';
const manyVariables = 450;

type Nodes = Extract<ProbeResult, { kind: 'nodes' }>;

describe('what the editor asks of an OPC UA server', function () {
  this.timeout(60_000);
  let certificates: TestPki;
  let dialogs: ProbeDialogs;
  let server: Asyncua;
  let plant: OpcuaPlant;

  before(async () => {
    certificates = testPki();
    dialogs = createProbeDialogs({ script, deadlineMs: 20_000, idleMs: 60_000, mostAtOnce: 4 });
    const { certificateFile, keyFile } = await certificates.issue('server', {
      applicationUri: 'urn:bulkhead:asyncua',
    });
    server = await startAsyncua({
      certificate: certificateFile,
      key: keyFile,
      namespaces: ['urn:acme:first', uri],
      services: uri,
      historyStart,
      variables: [
        [uri, 'Filler', 'Temperature', 21.5],
        [uri, 'Filler', 'Speed', 120],
        ...Array.from({ length: manyVariables }, (_, at): [string, string, string, number] => [
          uri,
          'Many',
          `Value${at}`,
          at,
        ]),
      ],
    });
    plant = await createOpcuaPlant({
      variables: { level: { dataType: DataType.Double, value: 2.5 }, big: { dataType: DataType.Int64, value: [1, 2] } },
    });
  });

  after(async () => {
    for (const dialog of ['a', 'b', 'c']) dialogs.end(dialog);
    await server?.close();
    await plant?.close();
    certificates.remove();
  });

  const ask = async (dialog: string, question: object, connection: object = {}): Promise<ProbeResult> => {
    const asked = { connection: { endpoint: server.endpoint, timeoutMs: '3000', ...connection }, dialog, ...question };
    const pkiFolder = path.join(certificates.folder, 'own');
    const probed = await dialogs.ask(dialog, { kind: 'ask', pkiFolder, question: asked });
    const result = probed.ok ? parseProbeResult(JSON.parse(probed.output)) : undefined;
    if (result === undefined) throw new Error(probed.ok ? probed.output : probed.reason);
    return result;
  };
  const nodes = async (dialog: string, question: object, connection: object = {}): Promise<Nodes> => {
    const result = await ask(dialog, question, connection);
    if (result.kind !== 'nodes') throw new Error(JSON.stringify(result));
    return result;
  };

  it('tests each endpoint, and says why one does not answer', async () => {
    const dead = `opc.tcp://127.0.0.1:${await freePort()}`;
    const result = await ask('a', { kind: 'test' }, { otherEndpoints: dead });
    ok(result.kind === 'tested');
    deepEqual(
      result.endpoints.map(({ endpoint, failure }) => [endpoint, failure?.code, failure?.reason]),
      [
        [server.endpoint, undefined, undefined],
        [dead, 'unreachable', 'no server answers there (ECONNREFUSED)'],
      ],
    );
    ok(result.namespaces.includes(uri));
  });

  it('gives the certificate that has to be trusted first', async () => {
    const secured = { securityMode: 'Sign', securityPolicy: 'Aes256_Sha256_RsaPss' };
    const result = await ask('a', { kind: 'test' }, secured);
    ok(result.kind === 'tested');
    const { failure } = result.endpoints[0] ?? {};
    deepEqual([failure?.code, failure?.certificate?.subject], ['untrusted-server', 'CN=server']);
    ok(certificates.pki.servers.trust(failure?.certificate?.thumbprint ?? ''));
    const again = await ask('a', { kind: 'test' }, secured);
    ok(again.kind === 'tested');
    equal(again.endpoints[0]?.failure, undefined);
  });

  it('discovers endpoints with their security, logins and certificate', async () => {
    const result = await ask('a', { kind: 'discover' }, { authentication: 'user' });
    ok(result.kind === 'discovered');
    equal(result.endpoints.length, 7);
    const strongest = result.endpoints.find(
      ({ mode, policy }) => mode === 'SignAndEncrypt' && policy === 'Aes256_Sha256_RsaPss',
    );
    deepEqual(strongest?.logins.sort(), ['anonymous', 'certificate', 'user']);
    equal(strongest?.certificate?.subject, 'CN=server');
    match(result.servers[0]?.urls[0] ?? '', /^opc\.tcp:/);
  });

  it('shows what is below a node: names, types, values, access, and addresses that outlive an index', async () => {
    const top = await nodes('b', { kind: 'children', parent: '', path: [] });
    const filler = top.nodes.find(({ name }) => name === 'Filler');
    deepEqual([filler?.nodeClass, filler?.hasChildren, filler?.address], ['object', true, `nsu=${uri};s=Filler`]);
    const { nodes: variables, more } = await nodes('b', {
      kind: 'children',
      parent: filler?.address,
      path: filler?.path,
    });
    equal(more, 0);
    deepEqual(variables[0], {
      address: `nsu=${uri};s=Filler.Temperature`,
      parent: `nsu=${uri};s=Filler`,
      name: 'Temperature',
      path: ['Filler', 'Temperature'],
      nodeClass: 'variable',
      hasChildren: false,
      dataType: 'Double',
      value: '21.5',
      isGood: true,
      access: 'read',
      hasEvents: false,
    });
  });

  it('names the namespace by the alias of the connection', async () => {
    const aliases = JSON.stringify([{ alias: 'filler', uri }]);
    const { nodes: top } = await nodes('c', { kind: 'children', parent: '', path: [] }, { aliases });
    equal(top.find(({ name }) => name === 'Filler')?.address, 'nsu=filler;s=Filler');
  });

  it('gives a long list a page at a time', async () => {
    const parent = `nsu=${uri};s=Many`;
    const names = new Set<string>();
    const sizes: number[] = [];
    let more = 0;
    do {
      const page = await nodes('b', { kind: 'children', parent, path: ['Many'], more });
      for (const { name } of page.nodes) names.add(name);
      sizes.push(page.nodes.length);
      more = page.more;
    } while (more !== 0);
    deepEqual([names.size, sizes], [manyVariables, [200, 200, 50]]);
    const lost = await ask('b', { kind: 'children', parent, path: ['Many'], more: 99 });
    ok(lost.kind === 'failed');
    match(lost.reason, /the place in this list is no longer known/);
  });

  it('searches by words of the name and of the way to it, so much at a time', async () => {
    const one = await nodes('b', { kind: 'search', words: 'filler temp' });
    deepEqual(
      one.nodes.map(({ path: names }) => names),
      [['Filler', 'Temperature']],
    );
    equal(one.more, 0);
    const many = await nodes('b', { kind: 'search', words: 'value' });
    equal(many.nodes.length, 100);
    const rest = await nodes('b', { kind: 'search', words: 'value', more: many.more });
    equal(rest.nodes.length, 100);
    ok(!rest.nodes.some(({ name }) => name === many.nodes[0]?.name));
  });

  it('lists the types of events below those that they are derived from, and what their events bring', async () => {
    const aliases = JSON.stringify([{ alias: 'tank', uri }]);
    const listed = await ask('c', { kind: 'event-types' }, { aliases });
    ok(listed.kind === 'event-types');
    const typeNamed = (name: string) => listed.types.find((type) => type.name === name);
    deepEqual(listed.types[0], { address: 'i=2041', name: 'BaseEventType', parent: '' });
    const [batch, spoilt] = [typeNamed('BatchEventType'), typeNamed('SpoiltBatchEventType')];
    deepEqual([batch?.parent, spoilt?.parent], ['i=2041', batch?.address]);
    match(spoilt?.address ?? '', /^nsu=tank;/);
    equal(typeNamed('ExclusiveLevelAlarmType')?.parent, typeNamed('ExclusiveLimitAlarmType')?.address);
    const brought = await ask('c', { kind: 'event-fields', type: spoilt?.address }, { aliases });
    ok(brought.kind === 'event-fields');
    deepEqual(brought.fields.slice(0, 2), [
      { name: 'tank:Cause', from: 'SpoiltBatchEventType', dataType: 'String' },
      { name: 'tank:BatchNumber', from: 'BatchEventType', dataType: 'UInt32' },
    ]);
    ok(brought.fields.some(({ name, from }) => name === 'Severity' && from === 'BaseEventType'));
    const unknown = await ask('c', { kind: 'event-fields', type: 'nsu=urn:elsewhere;i=1' }, { aliases });
    deepEqual(unknown.kind === 'failed' && unknown.code, 'unknown-node');
  });

  it('shows whole 64-bit integers of another server', async () => {
    const { nodes: top } = await nodes('c', { kind: 'children', parent: '', path: [] }, { endpoint: plant.endpoint });
    equal(top.find(({ name }) => name === 'big')?.value, '4294967298');
  });

  it('leaves no session behind', async () => {
    dialogs.end('c');
    await until(() => plant.sessions() === 0, { deadlineMs: 10_000, what: 'the end of the session' });
  });
});

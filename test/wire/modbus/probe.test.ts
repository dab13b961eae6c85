import { deepEqual, equal, ok } from 'node:assert/strict';
import { answerProbe } from '../../../nodes/modbus/src/probing/answer.ts';
import { mostProbed, parseProbeQuestion, parseProbeResult } from '../../../nodes/modbus/src/probing/question.ts';
import { createFaultProxy } from '../../support/fault-proxy.ts';
import { freePort } from '../../support/free-port.ts';
import { type ModbusServing, serveModbus } from '../../support/modbus-serving.ts';

const tags = [{ topic: 'umh.v1.test._raw.a', address: 0, type: 'float32', initial: '1.5' }];

describe('The probe of the Modbus palette', () => {
  let port: number;
  let serving: ModbusServing;
  const connection = (more: object = {}) => ({ host: '127.0.0.1', port: String(port), timeoutMs: '300', ...more });

  before(async () => {
    port = await freePort();
    serving = await serveModbus({ tags, port });
  });
  after(() => serving.server.stop());

  it('tests a connection, and whether its unit answers, if only with an exception', async () => {
    const answer = await answerProbe({ kind: 'test', connection: connection() });
    ok(answer.kind === 'connected' && answer.unit === 'answers' && answer.ms < 5_000, JSON.stringify(answer));
    const proxy = await createFaultProxy(port);
    proxy.stall();
    const silent = await answerProbe({ kind: 'test', connection: connection({ port: String(proxy.port) }) });
    await proxy.close();
    ok(silent.kind === 'connected' && silent.unit === 'silent', JSON.stringify(silent));
  });

  it('reads values, and says of each row that is wrong what is', async () => {
    const asked = [
      { area: 'holding', address: '1', type: 'float32' },
      { area: 'holding', address: '9', type: 'uint16' },
      { area: 'coil', address: '1', type: 'uint16' },
      { area: 'holding', address: 'x' },
    ];
    const answer = await answerProbe({ kind: 'values', connection: connection(), notation: 'one', tags: asked });
    ok(answer.kind === 'values', JSON.stringify(answer));
    deepEqual(
      answer.values.map(({ ok: isGood, text }) => [isGood, text.split(',')[0]]),
      [
        [true, '1.5'],
        [false, 'illegal data address (exception 2)'],
        [false, 'type is uint16'],
        [false, 'address "x" is not a number'],
      ],
    );
  });

  it('says why there is no connection', async () => {
    const closed = await answerProbe({ kind: 'test', connection: connection({ port: String(await freePort()) }) });
    ok(closed.kind === 'failed' && closed.reason.includes('ECONNREFUSED'), JSON.stringify(closed));
    const nowhere = { mode: 'rtu', serialPath: '/dev/nothing-there' };
    const serial = await answerProbe({ kind: 'test', connection: connection(nowhere) });
    ok(serial.kind === 'failed' && serial.reason.includes('nothing-there'), JSON.stringify(serial));
    deepEqual(await answerProbe({ kind: 'test', connection: {} }), {
      kind: 'failed',
      reason: 'host is missing, give the name or address of the device or gateway',
    });
  });

  it('lists the serial ports of the machine', async () => {
    const answer = await answerProbe({ kind: 'ports', connection: {} });
    ok(answer.kind === 'ports' || (answer.kind === 'failed' && answer.reason !== ''), JSON.stringify(answer));
  });

  it('takes no question that it cannot read', () => {
    const many = Array.from({ length: mostProbed + 1 }, () => ({}));
    for (const body of [undefined, 7, {}, { kind: 'test' }, { kind: 'values', connection: {}, tags: many }]) {
      equal(parseProbeQuestion(body), undefined);
    }
    for (const result of [undefined, 7, {}, { kind: 'other' }]) equal(parseProbeResult(result), undefined);
  });
});

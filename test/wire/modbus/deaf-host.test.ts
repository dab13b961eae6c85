import { deepEqual } from 'node:assert/strict';
import { rtuOverTcpTransport } from '../../../nodes/modbus/src/io/modbus-rtu.ts';
import { tcpTransport } from '../../../nodes/modbus/src/io/modbus-tcp.ts';
import type { OpenTransport } from '../../../nodes/modbus/src/modbus-connection/transport.ts';
import { startDeafHost } from '../../support/deaf-host.ts';

describe('A Modbus connection to a host that is switched off', function () {
  this.timeout(15_000);
  let host: Awaited<ReturnType<typeof startDeafHost>>;

  before(async () => {
    host = await startDeafHost();
  });
  after(() => host.close());

  const kinds: ReadonlyArray<[string, typeof tcpTransport]> = [
    ['Modbus TCP', tcpTransport],
    ['serial frames over TCP', rtuOverTcpTransport],
  ];
  for (const [name, transportTo] of kinds) {
    it(`is given up after its time, with ${name}`, async () => {
      const open: OpenTransport = transportTo({ host: '127.0.0.1', port: host.port, timeoutMs: 200 });
      const ends: unknown[] = [];
      await new Promise<void>((resolve) => {
        open({
          onOpen: () => ends.push('open'),
          onEnd(reason) {
            ends.push('code' in reason ? reason.code : reason.message);
            resolve();
          },
          onHeard: () => {},
        });
      });
      deepEqual(ends, ['connect-timeout']);
    });
  }
});

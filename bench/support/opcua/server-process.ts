/** node-opcua's server with `count` numbers below ns=1, of which `perTick` change every `tickMs`. Prints its port. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DataType, OPCUACertificateManager, OPCUAServer, type UAVariable } from 'node-opcua';
import { freePort } from '../../../test/support/free-port.ts';

const [count = 0, perTick = 0, tickMs = 100] = process.argv.slice(2).map(Number);
const folder = mkdtempSync(path.join(tmpdir(), 'bulkhead-bench-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
const port = await freePort();
const server = new OPCUAServer({
  port,
  hostname: '127.0.0.1',
  host: '127.0.0.1',
  serverCertificateManager: new OPCUACertificateManager({
    rootFolder: folder,
    automaticallyAcceptUnknownCertificate: true,
    disableFileWatchers: true,
  }),
  serverCapabilities: { minSupportedSampleRate: 0, maxSessions: 20, maxSubscriptions: 100, maxMonitoredItems: 100_000 },
});
await server.initialize();
const { addressSpace } = server.engine;
if (addressSpace === null) throw new Error('no address space');
const namespace = addressSpace.getOwnNamespace();
const variables: UAVariable[] = [];
for (let index = 0; index < count; index += 1) {
  const variable = namespace.addVariable({
    organizedBy: addressSpace.rootFolder.objects,
    browseName: `v${index}`,
    nodeId: `s=v${index}`,
    dataType: DataType.Double,
    minimumSamplingInterval: 0,
  });
  variable.setValueFromSource({ dataType: DataType.Double, value: 0 });
  variables.push(variable);
}
await server.start();
let next = 0;
let value = 0;
if (perTick > 0) {
  setInterval(() => {
    value += 0.5;
    for (let changed = 0; changed < perTick; changed += 1) {
      variables[next]?.setValueFromSource({ dataType: DataType.Double, value });
      next = (next + 1) % variables.length;
    }
  }, tickMs);
}
process.stdout.write(`${port}\n`);

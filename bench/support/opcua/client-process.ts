/**
 * One client, ours or raw node-opcua, that subscribes `count` numbers and counts what comes for `seconds`, beginning one
 * second after the last of them. Prints one line of JSON.
 */
import {
  AttributeIds,
  ClientMonitoredItemGroup,
  ClientSubscription,
  OPCUAClient,
  TimestampsToReturn,
} from 'node-opcua-client';
import { startReader } from '../../../test/support/opcua-reading.ts';
import { until } from '../../../test/support/until.ts';

const [who = '', port = '', count = '', seconds = ''] = process.argv.slice(2);
const names = Array.from({ length: Number(count) }, (_, index) => `v${index}`);
const deadline = { deadlineMs: 60_000, what: 'the first value of each' };
let values = 0;
const publishingMs = 100;

async function ours(): Promise<() => Promise<void>> {
  const tags = names.map((name) => ({ nodeId: `ns=1;s=${name}`, topic: `umh.v1.bench._raw.${name}`, queueSize: 100 }));
  const patient = { timeoutMs: 20_000, keepAliveMs: 5_000, sessionTimeoutMs: 120_000 };
  const reader = startReader(Number(port), tags, { publishingMs }, patient);
  // What would be sent into the flow is counted and let go.
  reader.batches.push = (batch) => {
    values += batch.length;
    return 0;
  };
  await until(() => values >= names.length, deadline);
  return reader.stop;
}

async function raw(): Promise<() => Promise<void>> {
  const client = OPCUAClient.create({ endpointMustExist: false, transportTimeout: 20_000 });
  await client.connect(`opc.tcp://127.0.0.1:${port}`);
  const session = await client.createSession();
  const subscription = ClientSubscription.create(session, {
    requestedPublishingInterval: publishingMs,
    requestedLifetimeCount: 1_000,
    requestedMaxKeepAliveCount: 50,
    maxNotificationsPerPublish: 0,
    publishingEnabled: true,
  });
  const items = names.map((name) => ({ nodeId: `ns=1;s=${name}`, attributeId: AttributeIds.Value }));
  const group = ClientMonitoredItemGroup.create(
    subscription,
    items,
    { samplingInterval: 0, queueSize: 100, discardOldest: true },
    TimestampsToReturn.Both,
  );
  group.on('changed', () => {
    values += 1;
  });
  await until(() => values >= names.length, deadline);
  return async () => {
    await session.close(true);
    await client.disconnect();
  };
}

const startedAt = performance.now();
const stop = await (who === 'ours' ? ours() : raw());
const subscribeMs = performance.now() - startedAt;
await new Promise((resolve) => setTimeout(resolve, 1_000));
const before = { values, cpu: process.cpuUsage(), at: performance.now() };
await new Promise((resolve) => setTimeout(resolve, Number(seconds) * 1_000));
const cpu = process.cpuUsage(before.cpu);
const counted = values - before.values;
const elapsedMs = performance.now() - before.at;
process.stdout.write(
  `${JSON.stringify({ subscribeMs, perSecond: (counted * 1_000) / elapsedMs, cpuUsPerValue: (cpu.user + cpu.system) / counted })}\n`,
);
await Promise.race([stop(), new Promise((resolve) => setTimeout(resolve, 2_000))]);
process.exit(0);

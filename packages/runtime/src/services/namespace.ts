/**
 * The namespace service: listens to `umh/v1/#`, keeps the current value of every topic and answers the supervisor's
 * `uns` queries. It may be away at any time; retained messages fill it again.
 */
import { connect, type MqttClient } from 'mqtt';
import { startBeats } from '../protocol/beats.ts';
import { type NamespaceBoot, readBoot } from '../protocol/boot.ts';
import { dial } from '../protocol/dial.ts';
import { type HelloAnswer, protocolVersion, type Reply } from '../protocol/messages.ts';
import { answerCall } from '../protocol/peer.ts';
import { endWhenKeeperGone } from '../protocol/orphan-guard.ts';
import { publisherTopic } from './publishers.ts';
import { createTopicIndex } from './namespace/topic-index.ts';

type FromSupervisor = HelloAnswer | { readonly type: 'uns'; readonly callId: number; readonly prefix: string };

const retryMs = 1_000;
const mostAnswers = 10_000;

function isBoot(value: unknown): value is NamespaceBoot {
  return typeof value === 'object' && value !== null && 'supervisorSocket' in value && 'mqtt' in value;
}

const boot = readBoot((value) => {
  if (!isBoot(value)) throw new Error('the namespace service is started by the keeper, not by hand');
  return value;
});
endWhenKeeperGone();
startBeats();

const index = createTopicIndex({ maxTopics: boot.maxTopics, maxBytes: 128 * 1024 * 1024, maxPayloadBytes: 64 * 1024 });

const supervisor = dial<FromSupervisor, Reply>(
  { path: boot.supervisorSocket },
  {
    hello: () => ({
      type: 'hello',
      protocol: protocolVersion,
      role: 'service',
      id: 'namespace',
      token: boot.token,
      pid: process.pid,
    }),
    onMessage: (message, peer) => {
      if (message.type !== 'uns') return;
      void answerCall(peer, message.callId, () => index.find(message.prefix, mostAnswers));
    },
    onRefused: (reason) => process.stdout.write(`the supervisor refuses: ${reason}\n`),
    maxQueuedBytes: 64 * 1024 * 1024,
  },
);

/** MQTT 5 tells quality and unit beside the payload; the embedded broker and old ones speak 3.1.1 only. */
function listenTo(protocol: 4 | 5): MqttClient {
  const { url, username, password } = boot.mqtt;
  const client = connect(url, {
    protocolVersion: protocol,
    clientId: `bulkhead-namespace-${process.pid}`,
    clean: true,
    reconnectPeriod: retryMs,
    connectTimeout: 5_000,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
  });
  let failing = false;
  client.on('connect', () => {
    failing = false;
    process.stdout.write(`listening to the broker (MQTT ${protocol === 5 ? '5' : '3.1.1'})\n`);
    client.subscribe(['umh/v1/#', publisherTopic('#')], { qos: 0 }, (error) => {
      if (error) process.stdout.write(`the broker refuses the subscription: ${error.message}\n`);
    });
  });
  client.on('error', (error) => {
    // Once per outage, not once per attempt.
    if (!failing) process.stdout.write(`no connection to the broker: ${error.message || String(error)}\n`);
    failing = true;
    if (protocol === 5 && /protocol version/i.test(error.message)) {
      client.end(true);
      current = listenTo(4);
    }
  });
  client.on('message', (mqttTopic, payload, packet) => {
    if (mqttTopic.startsWith(publisherTopic(''))) {
      index.published(mqttTopic.slice(publisherTopic('').length), payload.toString('utf8').slice(0, 200));
      return;
    }
    const properties: Record<string, string> = {};
    for (const [name, value] of Object.entries(packet.properties?.userProperties ?? {})) {
      properties[name] = Array.isArray(value) ? (value[0] ?? '') : value;
    }
    index.see({ mqttTopic, payload, receivedAt: Date.now(), properties });
  });
  return client;
}

let current = listenTo(boot.mqttVersion);

function stop(): void {
  supervisor.close();
  current.end(true, () => process.exit(0));
  setTimeout(() => process.exit(0), 1_000).unref();
}
process.on('SIGTERM', stop);
process.on('SIGINT', stop);

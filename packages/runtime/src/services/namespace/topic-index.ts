/** The current value of every topic of the namespace. Pure; bounded in topics and bytes. */
import { decodePayload, isQuality, topicFromMqtt } from '@bulkhead/core';

export interface Arrival {
  readonly mqttTopic: string;
  readonly payload: Buffer;
  readonly receivedAt: number;
  /** MQTT 5 user properties; empty on 3.1.1. */
  readonly properties: Readonly<Record<string, string>>;
}

export interface CurrentValue {
  /** With dots. */
  readonly topic: string;
  readonly kind: 'timeseries' | 'extended' | 'waveform' | 'relational' | 'rejected';
  /** A whole number beyond 2^53 is a string: JSON readers would round it. Null where `error` says why. */
  readonly value: unknown;
  readonly quality: string | null;
  /** Epoch ms UTC; null where the payload has none. */
  readonly sourceTime: number | null;
  readonly stepUs?: number;
  readonly unit?: string;
  readonly address?: string;
  readonly error?: string;
  readonly receivedAt: number;
  /** Client id of who published it, where the broker tells. */
  readonly publisher: string | null;
}

export interface TopicIndexOptions {
  readonly maxTopics: number;
  /** Bytes of all payloads together. */
  readonly maxBytes: number;
  /** A longer payload is kept as its size only. */
  readonly maxPayloadBytes: number;
}

export interface TopicIndex {
  see(arrival: Arrival): void;
  /** Who publishes a topic, told by the embedded broker. */
  published(mqttTopic: string, publisher: string): void;
  /** Sorted by topic; at most `limit`. `prefix` with dots or slashes; empty for all. */
  find(prefix: string, limit: number): readonly CurrentValue[];
  readonly size: number;
  /** Messages of topics that found no room. */
  readonly refused: number;
}

interface Entry extends Arrival {
  readonly bytes: number;
  readonly tooLong: boolean;
}

export function createTopicIndex(options: TopicIndexOptions): TopicIndex {
  const entries = new Map<string, Entry>();
  const publishers = new Map<string, string>();
  let bytes = 0;
  let refused = 0;

  return {
    see(arrival) {
      const before = entries.get(arrival.mqttTopic);
      const tooLong = arrival.payload.length > options.maxPayloadBytes;
      // Copied: a slice would keep the whole network buffer that it came in.
      const payload = tooLong ? Buffer.alloc(0) : Buffer.from(arrival.payload);
      const entry: Entry = { ...arrival, payload, tooLong, bytes: payload.length };
      const after = bytes - (before?.bytes ?? 0) + entry.bytes;
      if ((before === undefined && entries.size >= options.maxTopics) || after > options.maxBytes) {
        refused += 1;
        return;
      }
      bytes = after;
      entries.set(arrival.mqttTopic, entry);
    },
    published(mqttTopic, publisher) {
      if (publishers.size < options.maxTopics || publishers.has(mqttTopic)) publishers.set(mqttTopic, publisher);
    },
    find(prefix, limit) {
      const start = prefix.replaceAll('.', '/');
      return [...entries.keys()]
        .filter((topic) => topic.startsWith(start))
        .sort()
        .slice(0, limit)
        .flatMap((topic) => {
          const entry = entries.get(topic);
          return entry === undefined
            ? []
            : [current(entry, publishers.get(topic) ?? entry.properties['publisher'] ?? null)];
        });
    },
    get size() {
      return entries.size;
    },
    get refused() {
      return refused;
    },
  };
}

function current(entry: Entry, publisher: string | null): CurrentValue {
  const { mqttTopic, receivedAt, properties } = entry;
  const parsed = topicFromMqtt(mqttTopic);
  const head = { topic: parsed.ok ? parsed.topic.text : mqttTopic.replaceAll('/', '.'), receivedAt, publisher };
  const rejected = (error: string): CurrentValue => ({
    ...head,
    kind: 'rejected',
    value: null,
    quality: null,
    sourceTime: null,
    error,
  });
  if (!parsed.ok) return rejected(`not a topic of the namespace: ${parsed.message}`);
  if (entry.tooLong) return rejected('the payload is too long to be kept');
  const decoded = decodePayload(entry.payload.toString('utf8'));
  if (decoded.kind === 'rejected') return rejected(decoded.reason);
  if (decoded.kind === 'relational') {
    return { ...head, kind: 'relational', value: decoded.object, quality: null, sourceTime: null };
  }
  const { sample } = decoded;
  const { unit = properties['unit'], address = properties['address'] } = sample;
  const told = properties['quality'];
  return {
    ...head,
    kind: decoded.kind,
    value: typeof sample.value === 'bigint' ? String(sample.value) : sample.value,
    // Strict payloads have no room for the quality; over MQTT 5 it travels beside them.
    quality: decoded.kind === 'timeseries' && isQuality(told) ? told : sample.quality,
    sourceTime: sample.sourceTime,
    ...(sample.stepUs === undefined ? {} : { stepUs: sample.stepUs }),
    ...(unit === undefined ? {} : { unit }),
    ...(address === undefined ? {} : { address }),
  };
}

import type { Sample, SampleValue } from '@bulkhead/core';
import { sampleBase } from '@bulkhead/node-kit';
import { exceptionAnswer } from '../protocol/server-answer.ts';
import { NO_SUCH_UNIT } from '../protocol/exception.ts';
import type { ModbusServerConfig, ServerTag } from './config.ts';
import { createMemory } from './memory.ts';
import { respond } from './respond.ts';

export interface DeviceOptions {
  config: ModbusServerConfig;
  now(): number;
  /** Takes what a client wrote in one request. */
  onWrite(samples: Sample[], client: string): void;
}

/** A Modbus device made of tags. */
export interface Device {
  /** Gives the samples that could not be taken, each with the reason. */
  take(samples: readonly Sample[]): string[];
  request(unit: number, pdu: Buffer, client: string): Buffer | undefined;
  /** Since the start. */
  readonly requests: number;
}

/** An initial value is text in the flow file. */
function initialOf({ type }: ServerTag, text: string): Exclude<SampleValue, null> {
  if (type === 'bool') return text === 'true' || text === '1';
  if (type === 'utf8' || type === 'latin1') return text;
  return /^-?\d{16,}$/.test(text) ? BigInt(text) : Number(text);
}

export function createDevice({ config, now, onWrite }: DeviceOptions): Device {
  const { tags, whenBad, unitId, place } = config;
  const memory = createMemory({ tags, whenBad });
  const byTopic = new Map(tags.map((tag) => [tag.topic, tag]));
  let requests = 0;
  for (const tag of tags) if (tag.initial !== undefined) memory.set(tag, initialOf(tag, tag.initial));

  const sampleOf = (tag: ServerTag, sourceTime: number): Sample => {
    const decoded = memory.valueOf(tag);
    const base = sampleBase(tag, sourceTime);
    if (!decoded.ok) return { ...base, value: null, quality: 'bad', code: decoded.code };
    return { ...base, value: decoded.value, quality: 'good' };
  };

  return {
    get requests() {
      return requests;
    },
    take(samples) {
      const problems: string[] = [];
      for (const { topic, value, quality } of samples) {
        const tag = byTopic.get(topic);
        if (tag === undefined) problems.push(`the table has no tag ${topic}`);
        else if (value === null || quality === 'bad' || quality === 'stale') memory.spoil(tag);
        else {
          const failure = memory.set(tag, value);
          if (failure !== undefined) problems.push(`${topic}: ${failure.reason}`);
        }
      }
      return problems;
    },
    request(unit, pdu, client) {
      if (unitId !== undefined && unit !== unitId) {
        // On a line another may be meant; over the network nobody else will answer.
        return place.kind === 'rtu' ? undefined : exceptionAnswer(pdu[0] ?? 0, NO_SUCH_UNIT);
      }
      requests += 1;
      const { answer, written } = respond(memory, pdu);
      const time = now();
      if (written.length > 0)
        onWrite(
          written.map((tag) => sampleOf(tag, time)),
          client,
        );
      return answer;
    },
  };
}

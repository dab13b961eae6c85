import type { Sample } from '@bulkhead/core';
import {
  decodeEnum,
  decodeLeaves,
  decodeScalar,
  decodeWaveform,
  decodeWhole,
  type Decoded,
} from '../protocol/decode.ts';
import type { PlainValue } from '../protocol/plain-value.ts';
import type { RawValue } from '../protocol/raw-value.ts';
import { qualityOf } from '../protocol/status-code.ts';
import type { OpcuaTag } from './config.ts';

/** A sample, or the like of one whose value is an object, a list or a matrix as a whole. */
export type Reading = Omit<Sample, 'value'> & { value: PlainValue };

/** A value that anything behind a reader takes: no object, and no list without a step. */
export function isSample(reading: Reading): reading is Sample {
  return typeof reading.value !== 'object' || reading.value === null || reading.stepUs !== undefined;
}

type Base = Omit<Reading, 'value' | 'quality'>;

function baseOf({ topic, unit, nodeId }: OpcuaTag, sourceTime: number): Base {
  return unit === undefined ? { topic, sourceTime, address: nodeId } : { topic, sourceTime, address: nodeId, unit };
}

function readingOf(base: Base, decoded: Decoded, quality: 'good' | 'uncertain', code: number): Reading {
  if (!decoded.ok) return { ...base, value: null, quality: 'bad', code: decoded.code };
  return { ...base, value: decoded.value, quality, code };
}

/** The most frequent case by far, in one object. */
function numberReading(tag: OpcuaTag, raw: RawValue, sourceTime: number, quality: 'good' | 'uncertain'): Reading {
  const decoded = decodeScalar(raw, tag);
  if (!decoded.ok) return { ...baseOf(tag, sourceTime), value: null, quality: 'bad', code: decoded.code };
  const { topic, unit, nodeId } = tag;
  const { value } = decoded;
  return unit === undefined
    ? { topic, value, quality, code: raw.code, sourceTime, address: nodeId }
    : { topic, value, quality, code: raw.code, sourceTime, address: nodeId, unit };
}

const segmentCharacters = /[^A-Za-z0-9_-]/g;

/** Names below the tag's own; two fields whose names differ in other characters only keep apart by a number. */
function leafTopics(topic: string, paths: ReadonlyArray<readonly string[]>): string[] {
  const taken = new Set<string>();
  return paths.map((path) => {
    const plain = [topic, ...path.map((name) => name.replaceAll(segmentCharacters, '_') || '_')].join('.');
    let unique = plain;
    for (let at = 2; taken.has(unique); at += 1) unique = `${plain}_${at}`;
    taken.add(unique);
    return unique;
  });
}

function leafReadings(tag: OpcuaTag, raw: RawValue, base: Base, quality: 'good' | 'uncertain'): Reading[] {
  const decoded = decodeLeaves(raw, tag, tag);
  if (!decoded.ok) return [{ ...base, value: null, quality: 'bad', code: decoded.code }];
  const topics = leafTopics(
    tag.topic,
    decoded.leaves.map(({ path }) => path),
  );
  return decoded.leaves.map((leaf, index) =>
    readingOf({ ...base, topic: topics[index] ?? tag.topic }, leaf.decoded, quality, raw.code),
  );
}

function wholeReading(tag: OpcuaTag, raw: RawValue, base: Base, quality: 'good' | 'uncertain'): Reading {
  const decoded = decodeWhole(raw, tag, tag);
  if (!decoded.ok) return { ...base, value: null, quality: 'bad', code: decoded.code };
  // A number in it that is none is null there; so not everything in it is good.
  if (!decoded.isWhole) return { ...base, value: decoded.value, quality: 'uncertain', code: 'not-a-number' };
  return { ...base, value: decoded.value, quality, code: raw.code };
}

/**
 * One value as the server gave it: a reading, or one for each field of a structure and each element of an array. What is
 * not usable is null and bad, and its code says why.
 */
export function readingsOf(tag: OpcuaTag, raw: RawValue, now: number): Reading[] {
  const quality = qualityOf(raw.code);
  const sourceTime = raw.sourceTime ?? raw.serverTime ?? now;
  if (raw.type === 'number' && !raw.isArray && tag.as === 'value' && quality !== 'bad') {
    return [numberReading(tag, raw, sourceTime, quality)];
  }
  const base = baseOf(tag, sourceTime);
  if (quality === 'bad') return [{ ...base, value: null, quality, code: raw.code }];
  if (raw.isArray && tag.stepUs !== undefined) {
    const decoded = decodeWaveform(raw, tag);
    const step = decoded.ok ? { stepUs: tag.stepUs } : {};
    return [{ ...readingOf(base, decoded, quality, raw.code), ...step }];
  }
  if (tag.as === 'object') return [wholeReading(tag, raw, base, quality)];
  if (raw.isArray || raw.type === 'structure' || raw.type === 'plain') return leafReadings(tag, raw, base, quality);
  const decoded = tag.as === 'name' ? decodeEnum(raw, tag) : decodeScalar(raw, tag);
  return [readingOf(base, decoded, quality, raw.code)];
}

/** For an item that the server does not monitor. */
export function badReading(tag: OpcuaTag, code: number | string, now: number): Reading {
  return { ...baseOf(tag, now), value: null, quality: 'bad', code };
}

/** The last value of a topic, once more, for a connection that was lost. */
export function staleReading(last: Reading, sourceTime: number): Reading {
  return { ...last, sourceTime, quality: 'stale', code: 'disconnected' };
}

import { isQuality, type Quality } from './quality.ts';
import { isRecord } from './record.ts';
import { isSourceTime, type Sample, type SampleBody, type SampleValue } from './sample.ts';

/** What a message says about its value, beside `msg.topic` and `msg.payload`. */
export type MessageTag = Omit<SampleBody, 'value'>;

export interface SampleMessage {
  topic: string;
  payload: SampleValue;
  tag: MessageTag;
}

export interface BatchMessage {
  payload: readonly Sample[];
}

export type SamplesResult = { ok: true; samples: Sample[] } | { ok: false; code: 'no-sample'; message: string };

export interface SamplesOptions {
  /** Epoch milliseconds for a value that brings no time of its own. */
  now: number;
  /** For a message or a sample without a topic. */
  defaultTopic?: string;
}

/**
 * The samples in a Node-RED message:
 * - one sample: `topic`, `payload` (a value; an array of numbers is a waveform and needs `tag.stepUs`), `tag`;
 * - a batch: `payload` is an array of samples (an empty one is an empty batch);
 * - a bare value: a good sample stamped `now`, under `topic` or the default one.
 * A number that is not finite is a bad reading, never a number; null without a quality is bad. The topic is not checked against the grammar.
 */
export function samplesFromMessage(message: unknown, options: SamplesOptions): SamplesResult {
  if (!isRecord(message)) return refused('the message is not an object');
  const { topic, payload, tag } = message;
  if (Array.isArray(payload) && !isNumberArray(payload)) return batch(payload, options);
  if (isEmptyArray(payload)) return { ok: true, samples: [] };
  if (tag !== undefined && !isRecord(tag)) return refused('msg.tag is not an object');
  const read = readSample({ ...tag, topic, value: payload }, options, 'msg.');
  return typeof read === 'string' ? refused(read) : { ok: true, samples: [read] };
}

export function messageFromSample(sample: Sample): SampleMessage {
  const { topic, value, ...tag } = sample;
  return { topic, payload: value, tag };
}

export function messageFromBatch(samples: readonly Sample[]): BatchMessage {
  return { payload: samples };
}

function batch(elements: readonly unknown[], options: SamplesOptions): SamplesResult {
  const samples: Sample[] = [];
  for (const [at, element] of elements.entries()) {
    if (!isRecord(element)) return refused(`msg.payload[${at}] is not a sample`);
    const read = readSample(element, options, `msg.payload[${at}].`);
    if (typeof read === 'string') return refused(read);
    samples.push(read);
  }
  return { ok: true, samples };
}

/** The sample, or what is wrong with it. */
function readSample(fields: Record<string, unknown>, options: SamplesOptions, where: string): Sample | string {
  const topic = fields.topic ?? options.defaultTopic;
  if (typeof topic !== 'string' || topic === '') return `${where}topic is missing: name the tag in it`;
  const value = readValue(fields.value);
  if (value === undefined) {
    return `${where}${where === 'msg.' ? 'payload' : 'value'} is not a number, string, boolean, null or array of numbers`;
  }
  const sourceTime = readTime(fields.sourceTime, options.now);
  if (sourceTime === undefined) return `${where}sourceTime of ${topic} is not a time in epoch milliseconds`;
  const quality = readQuality(fields.quality, value);
  if (quality === undefined) return `${where}quality of ${topic} is not good, uncertain, bad or stale`;
  const sample: Sample = { topic, value: value.value, quality, sourceTime };
  const { code, stepUs, unit, address } = fields;
  if (typeof code === 'number' || typeof code === 'string') sample.code = code;
  if (typeof stepUs === 'number' && stepUs > 0 && Number.isFinite(stepUs)) sample.stepUs = stepUs;
  if (typeof unit === 'string') sample.unit = unit;
  if (typeof address === 'string') sample.address = address;
  if (Array.isArray(sample.value) && sample.stepUs === undefined)
    return `${where}stepUs of the waveform ${topic} is missing`;
  return sample;
}

interface ReadValue {
  value: SampleValue;
  isBad: boolean;
}

function readValue(value: unknown): ReadValue | undefined {
  switch (typeof value) {
    case 'number':
      return Number.isFinite(value) ? { value, isBad: false } : { value: null, isBad: true };
    case 'bigint':
    case 'string':
    case 'boolean':
      return { value, isBad: false };
    default:
      if (value === null) return { value, isBad: false };
      if (!isNumberArray(value) || value.length === 0) return undefined;
      return value.every(Number.isFinite) ? { value, isBad: false } : { value: null, isBad: true };
  }
}

function readTime(time: unknown, now: number): number | undefined {
  if (time === undefined) return now;
  const ms = time instanceof Date ? time.getTime() : time;
  return isSourceTime(ms) ? ms : undefined;
}

function readQuality(quality: unknown, { value, isBad }: ReadValue): Quality | undefined {
  if (quality === undefined) return value === null ? 'bad' : 'good';
  if (!isQuality(quality)) return undefined;
  return isBad ? 'bad' : quality;
}

function isNumberArray(candidate: unknown): candidate is readonly number[] {
  return Array.isArray(candidate) && candidate.length > 0 && candidate.every((element) => typeof element === 'number');
}

function isEmptyArray(candidate: unknown): boolean {
  return Array.isArray(candidate) && candidate.length === 0;
}

function refused(message: string): SamplesResult {
  return { ok: false, code: 'no-sample', message };
}

import {
  decodePayload,
  encodePayload,
  errorMessage,
  isQuality,
  isSourceTime,
  isUsable,
  type Sample,
  topicFromMqtt,
} from '@bulkhead/core';
import type { IncomingMessage, ProtocolVersion } from '../broker-link.ts';

/** `auto`: strict over MQTT 5, where quality, unit and address travel as user properties, and extended over 3.1.1. */
export type ChosenForm = 'auto' | 'strict' | 'extended';

export type WireForm =
  | { readonly ok: true; readonly payload: string; readonly properties?: Readonly<Record<string, string>> }
  | { readonly ok: false; readonly reason: string };

/** Payload and user properties of a sample, or why it cannot be said in the chosen form. */
export function toWire(sample: Sample, form: ChosenForm, protocolVersion: ProtocolVersion): WireForm {
  const isStrict = form === 'strict' || (form === 'auto' && protocolVersion === 5);
  try {
    if (!isStrict || (form === 'auto' && !fitsStrict(sample))) {
      return { ok: true, payload: encodePayload(sample, 'extended') };
    }
    if (sample.value === null)
      return { ok: false, reason: 'the strict form has no place for a reading without a value' };
    if (protocolVersion === 5) {
      return { ok: true, payload: encodePayload(sample, 'strict'), properties: propertiesOf(sample) };
    }
    // Without user properties a reader would take every value for a good one.
    if (!isUsable(sample.quality)) {
      return { ok: false, reason: `the strict form over MQTT 3.1.1 cannot say that the quality is ${sample.quality}` };
    }
    return { ok: true, payload: encodePayload(sample, 'strict') };
  } catch (error) {
    return { ok: false, reason: errorMessage(error) };
  }
}

/** A waveform is no UMH time series whatever we do, and null has no strict form: both describe themselves. */
function fitsStrict(sample: Sample): boolean {
  return sample.value !== null && !Array.isArray(sample.value);
}

function propertiesOf({ quality, code, unit, address }: Sample): Record<string, string> {
  return {
    quality,
    ...(code === undefined ? {} : { code: String(code) }),
    ...(unit === undefined ? {} : { unit }),
    ...(address === undefined ? {} : { address }),
  };
}

export type Received =
  | { readonly kind: 'sample'; readonly sample: Sample }
  | { readonly kind: 'relational'; readonly topic: string; readonly object: Readonly<Record<string, unknown>> }
  | { readonly kind: 'rejected'; readonly topic: string; readonly text: string; readonly reason: string };

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** What a message from the broker is. The topic of a rejected one is the MQTT topic, of the others the UNS topic. */
export function fromWire({ topic: mqttTopic, payload, properties }: IncomingMessage): Received {
  let text: string;
  try {
    text = utf8.decode(payload);
  } catch {
    const hex = Buffer.from(payload.subarray(0, 32)).toString('hex');
    return {
      kind: 'rejected',
      topic: mqttTopic,
      text: hex,
      reason: 'the payload is not UTF-8 (its first bytes are given in hex)',
    };
  }
  const rejected = (reason: string): Received => ({ kind: 'rejected', topic: mqttTopic, text, reason });

  const named = topicFromMqtt(mqttTopic);
  if (!named.ok) return rejected(named.message);
  const topic = named.topic.text;
  const decoded = decodePayload(text);
  switch (decoded.kind) {
    case 'relational':
      return { kind: 'relational', topic, object: decoded.object };
    case 'rejected':
      return rejected(decoded.reason);
    default: {
      if (!isSourceTime(decoded.sample.sourceTime)) return rejected('timestamp_ms is beyond the range of a date');
      const beside = decoded.kind === 'timeseries' ? readProperties(properties) : {};
      return { kind: 'sample', sample: { topic, ...decoded.sample, ...beside } };
    }
  }
}

/** A quality in words of the publisher's own cannot be called good: it is uncertain, with those words as its code. */
function readProperties({ quality, code, unit, address }: Readonly<Record<string, string>>): Partial<Sample> {
  const read: Partial<Sample> = {};
  if (isQuality(quality)) read.quality = quality;
  else if (quality !== undefined) Object.assign(read, { quality: 'uncertain', code: quality });
  if (code !== undefined) read.code = code;
  if (unit !== undefined) read.unit = unit;
  if (address !== undefined) read.address = address;
  return read;
}

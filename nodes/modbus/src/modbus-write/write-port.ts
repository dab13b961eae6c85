import type { SampleValue } from '@bulkhead/core';
import type { EncodedValue, Prepared, WritePort } from '@bulkhead/node-kit';
import type { Link } from '../modbus-connection/link.ts';
import { decodeRegisters } from '../protocol/decode.ts';
import { encodeRegisters } from '../protocol/encode.ts';
import type { WriteItem } from '../protocol/write-plan.ts';
import type { SpanOutcome } from '../modbus-tag/span-outcome.ts';
import { createSpanReader } from '../modbus-tag/span-reader.ts';
import type { ModbusWriteConfig, WriteTag } from './config.ts';
import { sendSteps } from './send-steps.ts';

/** A coil as one word, 0 or 1. */
interface Words {
  words: readonly number[];
  /** The bits that are the value's own, of one register. */
  mask?: number;
}

type Value = Prepared<WriteTag, Words>;

export interface ModbusWritePortOptions {
  link: Pick<Link, 'request' | 'state' | 'reconnects'>;
  config: ModbusWriteConfig;
  /** For tags that name no unit of their own. */
  unit: number;
  now(): number;
}

function encode(value: Exclude<SampleValue, null>, tag: WriteTag): EncodedValue<Words> {
  const encoded = encodeRegisters(value, tag.span.area === 'coil' ? { ...tag, order: 'ABCD' } : tag);
  if (!encoded.ok) return encoded;
  const { words, mask } = encoded;
  return { ok: true, encoded: { words, ...(mask === undefined ? {} : { mask }) } };
}

function wordsIn({ tag }: Value, outcome: SpanOutcome): readonly number[] | undefined {
  if (outcome.kind !== 'values') return undefined;
  const at = tag.span.address - outcome.from;
  return outcome.values.slice(at, at + tag.span.count);
}

/** Writes coils and holding registers. */
export function modbusWritePort(options: ModbusWritePortOptions): WritePort<WriteTag, Words, SpanOutcome> {
  const { link, config, unit, now } = options;
  const unitOf = ({ tag }: Value): number => tag.unitId ?? unit;
  const itemOf = (value: Value): WriteItem => {
    const { tag, encoded } = value;
    const place = { unit: unitOf(value), address: tag.span.address };
    if (tag.span.area === 'coil') return { ...place, area: 'coil', isOn: encoded.words[0] === 1 };
    return { ...place, area: 'holding', ...encoded };
  };
  return {
    isConnected: () => link.state.kind === 'connected',
    encode,
    read: (values) =>
      createSpanReader({
        spans: values.map((value) => ({ ...value.tag.span, unit: unitOf(value) })),
        link,
        limits: { maxGap: 0, maxRegisters: config.limits.maxRegisters },
        now,
        onRetry: () => {},
      }).read({ isUrgent: true }),
    valueIn(value, outcome) {
      const words = wordsIn(value, outcome);
      const decoded = words === undefined ? undefined : decodeRegisters(words, value.tag);
      return decoded?.ok === true ? decoded.value : undefined;
    },
    isThere(value, outcome) {
      const held = wordsIn(value, outcome);
      const { words, mask = 0xffff } = value.encoded;
      return held !== undefined && words.every((word, at) => ((held[at] ?? 0) & mask) === (word & mask));
    },
    send: (values, sendBefore) => sendSteps({ link, config, items: values.map(itemOf), sendBefore }),
  };
}

import { BulkheadError, errorMessage } from '@bulkhead/core';
import {
  type Prepared,
  unanswered,
  unsentFailure,
  type WriteFailure,
  type WritePort,
  type WriteWish,
} from '@bulkhead/node-kit';
import type { Link } from '../opcua-connection/link.ts';
import { encodeValue, type WireValue } from '../protocol/encode.ts';
import { plainValueOf } from '../protocol/plain-value-of.ts';
import { qualityOf } from '../protocol/status-code.ts';
import type { WriteTag } from './config.ts';
import { isHeld } from './is-held.ts';
import { scaleWhole } from './scale-whole.ts';
import type { TargetOutcome, ValueToWrite, WriteServices } from './target.ts';

/** A value on its way: what it is on the wire is known when the server has said what it takes. */
interface Pending {
  value: unknown;
  stamp?: { sourceTime: number; code: number };
  wire?: WireValue;
}

type Value = Prepared<WriteTag, Pending>;

export interface OpcuaWritePortOptions {
  link: Pick<Link, 'state'>;
  services: WriteServices;
  now(): number;
  deadlineMs: number;
  /** Sends source time and status along. */
  withStamp: boolean;
}

const codes = { good: 0, uncertain: 0x4000_0000, bad: 0x8000_0000, stale: 0x8000_0000 } as const;

function stampOf({ sourceTime, quality, code }: WriteWish, now: number): NonNullable<Pending['stamp']> {
  const own = typeof code === 'number' && qualityOf(code) === quality ? code : codes[quality];
  return { sourceTime: sourceTime ?? now, code: own };
}

const refToTag = ({ nodeId, indexRange }: WriteTag) => ({
  nodeId,
  ...(indexRange === undefined ? {} : { indexRange }),
});

/** Writes to the variables of a server: each value is checked against the type that the server declares. */
export function opcuaWritePort(options: OpcuaWritePortOptions): WritePort<WriteTag, Pending, TargetOutcome, unknown> {
  const { link, services, now, deadlineMs } = options;

  const objection = ({ tag, encoded }: Value, outcome: TargetOutcome): WriteFailure | undefined => {
    if (outcome.kind === 'unknown') return { code: 'refused', reason: outcome.reason };
    if (outcome.kind === 'lost') return undefined;
    const { type, types } = outcome.target;
    // Of an array that is written in part the rank does not tell how many dimensions the part has.
    const taken = tag.indexRange === undefined ? type : { ...type, valueRank: -2 };
    const wire = encodeValue(encoded.value, taken, types, tag);
    if (!wire.ok) return { code: wire.code, reason: wire.reason };
    encoded.wire = wire.value;
    return undefined;
  };

  const failureOf = (problem: unknown): WriteFailure => {
    const code = problem instanceof BulkheadError ? problem.code : '';
    if (code === 'not-connected') return unsentFailure('disconnected', deadlineMs);
    if (code === 'connection-lost') return unanswered;
    const text = errorMessage(problem);
    return /timeout|Timeout/.test(text) ? unanswered : { code: 'refused', reason: text };
  };

  return {
    isConnected: () => link.state.kind === 'connected',
    encode: (value, _tag, wish) => ({
      ok: true,
      encoded: { value, ...(options.withStamp ? { stamp: stampOf(wish, now()) } : {}) },
    }),
    async read(values) {
      try {
        return await services.readTargets(values.map(({ tag }) => refToTag(tag)));
      } catch {
        return values.map(() => ({ kind: 'lost' }));
      }
    },
    valueIn({ tag }, outcome) {
      if (outcome.kind !== 'target') return undefined;
      const plain = plainValueOf(outcome.target.held, { enums: 'number' });
      return plain.ok ? scaleWhole(plain.value, tag) : undefined;
    },
    objection,
    isThere({ encoded: { wire } }, outcome) {
      if (wire === undefined || outcome.kind !== 'target') return false;
      return isHeld(wire, outcome.target.held, outcome.target.types);
    },
    async send(values, sendBefore) {
      if (values.length === 0) return [];
      if (now() > sendBefore) return values.map(() => unsentFailure('expired', deadlineMs));
      const wanted = values.flatMap(({ tag, encoded: { wire, stamp } }): ValueToWrite[] =>
        wire === undefined ? [] : [{ ...refToTag(tag), value: wire, ...(stamp === undefined ? {} : { stamp }) }],
      );
      try {
        const answers = await services.write(wanted);
        return answers.map(({ code, name }) =>
          qualityOf(code) === 'bad' ? { code: 'refused', reason: `the server refuses it: ${name}` } : undefined,
        );
      } catch (problem) {
        const failure = failureOf(problem);
        return values.map(() => failure);
      }
    },
  };
}

import type { SampleValue } from '@bulkhead/core';
import type { ReadOutcome } from '../reading/read-tag.ts';
import { prepare } from './prepare.ts';
import type { Prepared, WritePort } from './write-port.ts';
import type { WriteFailure, WriteResult, WriteWish } from './write-result.ts';
import type { WriteTag } from './write-tag.ts';

export interface WriterOptions<Tag extends WriteTag, Encoded, Outcome extends ReadOutcome, Value> {
  /** By topic. */
  tags: ReadonlyMap<string, Tag>;
  /** What could not be sent within this after it arrived is refused. */
  deadlineMs: number;
  readBack: boolean;
  port: WritePort<Tag, Encoded, Outcome, Value>;
}

export interface Writer<Value = Exclude<SampleValue, null>> {
  /** One result per wish, in their order. Never rejects. Batches are written one after the other. */
  write(wishes: ReadonlyArray<WriteWish & { value: Value | null }>, arrivedAt: number): Promise<WriteResult[]>;
}

const lost: WriteFailure = { code: 'disconnected', reason: 'there is no connection to the device, nothing was sent' };
const differs: WriteFailure = {
  code: 'read-back-differs',
  reason: 'it was written, and the device holds something else now',
};
const unseen: WriteFailure = {
  code: 'not-read-back',
  reason: 'the device acknowledged it, but what it holds now could not be read',
};

/** Writes values of a table: checked before, the old value read, sent, and on request read back. */
export function createWriter<Tag extends WriteTag, Encoded, Outcome extends ReadOutcome, Value>({
  tags,
  deadlineMs,
  readBack,
  port,
}: WriterOptions<Tag, Encoded, Outcome, Value>): Writer<Value> {
  type Ready = Prepared<Tag, Encoded>;
  let last: Promise<unknown> = Promise.resolve();

  const fail = (value: Ready, failure: WriteFailure): void => {
    Object.assign(value.result, { ok: false, ...failure });
  };

  /** Notes the old values; gives those that may be sent now. */
  const sendable = async (values: readonly Ready[]): Promise<Ready[]> => {
    const before = await port.read(values);
    return values.filter((value, index) => {
      const outcome = before[index];
      if (outcome === undefined || outcome.kind === 'lost') {
        fail(value, lost);
        return false;
      }
      const old = port.valueIn(value, outcome);
      if (old !== undefined) value.result.old = old;
      const objection = port.objection?.(value, outcome);
      if (objection !== undefined) fail(value, objection);
      return objection === undefined;
    });
  };

  const compare = (value: Ready, outcome: Outcome | undefined): void => {
    if (outcome === undefined || outcome.kind === 'lost' || outcome.reason !== undefined) {
      fail(value, unseen);
      return;
    }
    const held = port.valueIn(value, outcome);
    if (held !== undefined) value.result.readBack = held;
    if (!port.isThere(value, outcome)) fail(value, differs);
  };

  const writeAll = async (values: readonly Ready[], sendBefore: number): Promise<void> => {
    if (values.length === 0) return;
    if (!port.isConnected()) {
      for (const value of values) fail(value, lost);
      return;
    }
    const outgoing = await sendable(values);
    const sent = await port.send(outgoing, sendBefore);
    const unread: Ready[] = [];
    for (const [index, value] of outgoing.entries()) {
      const outcome = sent[index];
      if (outcome !== undefined && 'code' in outcome) {
        fail(value, outcome);
        continue;
      }
      value.result.ok = true;
      if (outcome !== undefined) compare(value, outcome.held);
      else if (readBack) unread.push(value);
    }
    if (unread.length === 0) return;
    const outcomes = await port.read(unread);
    for (const [index, value] of unread.entries()) compare(value, outcomes[index]);
  };

  return {
    async write(wishes, arrivedAt) {
      const prepared = wishes.map((wish) => prepare(wish, tags, port.encode));
      const values = prepared.filter((entry) => 'tag' in entry);
      const mine = last.then(() => writeAll(values, arrivedAt + deadlineMs));
      last = mine;
      await mine;
      return prepared.map((entry) => ('tag' in entry ? entry.result : entry));
    },
  };
}

/** What requests that were never sent come to. */
export function unsentFailure(reason: 'disconnected' | 'queue-full' | 'expired', deadlineMs: number): WriteFailure {
  switch (reason) {
    case 'disconnected':
      return lost;
    case 'expired':
      return { code: 'expired', reason: `not sent within ${deadlineMs} ms` };
    case 'queue-full':
      return { code: 'queue-full', reason: 'too many requests wait already' };
  }
}

export const unanswered: WriteFailure = {
  code: 'unanswered',
  reason: 'it was sent and no answer came: it may or may not be written',
};

/** Messages of link nodes as frames, and back: what cannot leave the process is replaced by what stands for it. */
import { isRecord } from '../../node-red/is-record.ts';
import { decodeMessage, encodeMessage, FrameError } from '../../protocol/frame.ts';
import { completeErrors } from './carried-errors.ts';
import { copyable } from './copyable.ts';
import { createFlatReader, createFlatWriter } from './flat-frame.ts';
import type { FrameSlab } from './frame-slab.ts';
import { holdsError } from './holds-error.ts';
import type { KeptResponses } from './kept-responses.ts';
import type { Carried, LinkFrame, Message } from './link-frames.ts';
import type { WaysBack } from './link-source.ts';
import { revivedRequest, snapshotRequest } from './request-snapshot.ts';
import { createResponseProxy, originOf, type RecordedCall, type ResponseOrigin } from './response-proxy.ts';

/** Largest message between compartments. */
export const maxLinkMessageBytes = 512 * 1024 * 1024;

export interface MessageCodec {
  /** A copy of `msg` for compartment `to`. */
  carry(msg: Message, to: string): Carried;
  /**
   * Writes the frame into the slab, behind the last one. Throws NotCopyable or FrameError (`frame-too-large`,
   * `not-serialisable`), and nothing is written; functions are left out.
   */
  encode(frame: LinkFrame, slab: FrameSlab): void;
  /** The message as the nodes here get it. */
  revive(carried: Carried, from: string): Message;
}

export function createMessageCodec(
  kept: KeptResponses,
  waysBack: WaysBack,
  answer: (origin: ResponseOrigin, calls: readonly RecordedCall[]) => Promise<void>,
): MessageCodec {
  const flat = createFlatWriter();
  return {
    carry(msg, to) {
      const { req, res } = msg;
      const plain = !('req' in msg || 'res' in msg || '_linkSource' in msg);
      if (plain) return { msg };
      const copy: Message = { ...msg };
      const ways = waysBack.leaving(msg['_linkSource'], to);
      const isResponse = isRecord(res) && ('_res' in res || typeof res['end'] === 'function');
      if (isResponse) delete copy['res'];
      const isRequest = isRecord(req) && (isResponse || '_req' in req || typeof req['get'] === 'function');
      if (isRequest) delete copy['req'];
      const origin = isResponse ? originOf(res) : undefined;
      return {
        msg: copy,
        ...(ways.length > 0 ? { ways } : {}),
        ...(isRequest ? { req: snapshotRequest(req) } : {}),
        ...(isResponse ? { res: origin?.compartment === to ? { home: origin.id } : { away: kept.keep(res, to) } } : {}),
      };
    },
    encode(frame, slab) {
      if (frame.type === 'link' && flat.write(frame.to, frame, slab)) return;
      slab.take(asItIs(frame) ?? asCopy(frame));
    },
    revive({ msg, req, res, ways }, from) {
      if (ways) waysBack.learn(ways);
      if (req) msg['req'] = revivedRequest(req);
      if (res === undefined) return msg;
      const here = 'home' in res ? kept.get(res.home) : undefined;
      if (here) msg['res'] = here;
      else if ('away' in res) {
        const origin = { compartment: from, id: res.away };
        msg['res'] = createResponseProxy(origin, (calls) => answer(origin, calls));
      }
      return msg;
    },
  };
}

/** The frame by v8 alone; undefined where v8 would refuse it, or leave something out. */
function asItIs(frame: LinkFrame): Buffer | undefined {
  if (holdsError(frame)) return undefined;
  try {
    return encodeMessage(frame, maxLinkMessageBytes);
  } catch (error) {
    if (error instanceof FrameError && error.code === 'not-serialisable') return undefined;
    throw error;
  }
}

function asCopy(frame: LinkFrame): Buffer {
  const { value, errors } = copyable(frame);
  return encodeMessage(isRecord(value) && errors.length > 0 ? { ...value, errors } : value, maxLinkMessageBytes);
}

/** Reads what `encode` wrote. Throws FrameError `frame-garbled`. */
export function createMessageReader(): (payload: Buffer) => unknown {
  const flat = createFlatReader();
  return (payload) => flat.read(payload) ?? completeErrors(decodeMessage(payload));
}

/** What compartments say to each other: the content of link nodes, and what belongs to it. */
import { isRecord } from '../../node-red/is-record.ts';
import type { RecordedCall } from './response-proxy.ts';

export type Message = Record<string, unknown>;

/** `msg.res` of a message: kept by the side that sends (`away`), or by the one that receives (`home`). */
export type ResponseReference = { readonly away: string } | { readonly home: string };

export interface Carried {
  /** Without `req` and `res`. */
  readonly msg: Message;
  readonly req?: Message;
  readonly res?: ResponseReference;
}

export type LinkFrame =
  | (Carried & { readonly type: 'link'; readonly to: string })
  | (Carried & { readonly type: 'return'; readonly node: string; readonly id: string })
  /** Calls on the response that the receiver keeps. */
  | { readonly type: 'response'; readonly id: string; readonly calls: readonly RecordedCall[] }
  /** So many frames of the other kinds have come in on this connection. */
  | { readonly type: 'arrived'; readonly count: number };

const text = (value: unknown): value is string => typeof value === 'string';

function carried(frame: Message): Carried | undefined {
  const { msg, req, res } = frame;
  if (!isRecord(msg)) return undefined;
  const reference = isRecord(res)
    ? text(res['away'])
      ? { res: { away: res['away'] } }
      : text(res['home'])
        ? { res: { home: res['home'] } }
        : {}
    : {};
  return { msg, ...(isRecord(req) ? { req } : {}), ...reference };
}

const isCall = (value: unknown): value is RecordedCall =>
  Array.isArray(value) && value.length === 2 && text(value[0]) && Array.isArray(value[1]);

/** Undefined for what is no frame of ours: another compartment runs what users draw, and is not trusted with shapes. */
export function parseLinkFrame(value: unknown): LinkFrame | undefined {
  if (!isRecord(value)) return undefined;
  const { type, to, node, id, calls, count } = value;
  switch (type) {
    case 'link': {
      const content = carried(value);
      return content && text(to) ? { type, to, ...content } : undefined;
    }
    case 'return': {
      const content = carried(value);
      return content && text(node) && text(id) ? { type, node, id, ...content } : undefined;
    }
    case 'response':
      return text(id) && Array.isArray(calls) && calls.every(isCall) ? { type, id, calls } : undefined;
    case 'arrived':
      return typeof count === 'number' ? { type, count } : undefined;
    default:
      return undefined;
  }
}

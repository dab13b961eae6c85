/** What compartments say to each other: the content of link nodes, and what belongs to it. */
import { isRecord } from '../../node-red/is-record.ts';
import type { WayBack } from './link-source.ts';
import type { RecordedCall } from './response-proxy.ts';

export type Message = Record<string, unknown>;

/** `msg.res` of a message: kept by the side that sends (`away`), or by the one that receives (`home`). */
export type ResponseReference = { readonly away: string } | { readonly home: string };

export interface Carried {
  /** Without `req` and `res`. */
  readonly msg: Message;
  readonly req?: Message;
  readonly res?: ResponseReference;
  /** To those of `_linkSource` that do not run where it goes. */
  readonly ways?: readonly WayBack[];
}

export type LinkFrame =
  | (Carried & { readonly type: 'link'; readonly to: string })
  /** For a node of the receiver, or on to the last compartment of the rest of its way. */
  | (Carried & {
      readonly type: 'return';
      readonly node: string;
      readonly id: string;
      readonly way: readonly string[];
    })
  /** Calls on the response that the receiver keeps. */
  | { readonly type: 'response'; readonly id: string; readonly calls: readonly RecordedCall[] }
  /** So many frames of the other kinds have come in on this connection. */
  | { readonly type: 'arrived'; readonly count: number };

const text = (value: unknown): value is string => typeof value === 'string';

function carried(frame: Message): Carried | undefined {
  const { msg, req, res, ways } = frame;
  if (!isRecord(msg)) return undefined;
  const reference = isRecord(res)
    ? text(res['away'])
      ? { res: { away: res['away'] } }
      : text(res['home'])
        ? { res: { home: res['home'] } }
        : {}
    : {};
  return {
    msg,
    ...(isRecord(req) ? { req } : {}),
    ...reference,
    ...(Array.isArray(ways) ? { ways: ways.filter(isWay) } : {}),
  };
}

const isWay = (value: unknown): value is WayBack =>
  Array.isArray(value) && value.length === 2 && text(value[0]) && Array.isArray(value[1]) && value[1].every(text);

const isCall = (value: unknown): value is RecordedCall =>
  Array.isArray(value) && value.length === 2 && text(value[0]) && Array.isArray(value[1]);

/** Undefined for what is no frame of ours: another compartment runs what users draw, and is not trusted with shapes. */
export function parseLinkFrame(value: unknown): LinkFrame | undefined {
  if (!isRecord(value)) return undefined;
  const { type, to, node, id, way, calls, count } = value;
  switch (type) {
    case 'link': {
      const content = carried(value);
      return content && text(to) ? { type, to, ...content } : undefined;
    }
    case 'return': {
      const content = carried(value);
      if (!content || !text(node) || !text(id)) return undefined;
      return { type, node, id, way: Array.isArray(way) ? way.filter(text) : [], ...content };
    }
    case 'response':
      return text(id) && Array.isArray(calls) && calls.every(isCall) ? { type, id, calls } : undefined;
    case 'arrived':
      return typeof count === 'number' ? { type, count } : undefined;
    default:
      return undefined;
  }
}

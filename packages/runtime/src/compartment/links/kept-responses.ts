/**
 * HTTP responses that other compartments may answer, by an id, for as long as the connection is open and no longer
 * than `keepMs`: the object itself cannot leave the process.
 *
 * Whoever waits at the other end must not wait for a compartment that has ended. It may have been one of several that the
 * message went to, this one among them, and what had not arrived there is sent once more: so a response is given up a
 * good while after the last that it went to was lost, if nobody has begun to answer.
 */
import { type RecordedCall, replayCalls } from './response-proxy.ts';

export interface KeptResponses {
  /** The id of a response that goes to another compartment; the same one each time it is asked for. */
  keep(res: object, holder: string): string;
  get(id: string): object | undefined;
  /** The connection with this compartment has ended. */
  lost(holder: string): void;
}

export interface KeepOptions {
  readonly keepMs?: number;
  readonly giveUpAfterMs?: number;
}

interface Kept {
  readonly res: object;
  readonly holders: Set<string>;
  giveUp?: NodeJS.Timeout;
}

const nobodyAnswers: readonly RecordedCall[] = [
  ['status', [503]],
  ['type', ['text/plain']],
  ['send', ['The tab that was to answer this request has ended.\n']],
];

export function keepResponses({ keepMs = 15 * 60_000, giveUpAfterMs = 60_000 }: KeepOptions = {}): KeptResponses {
  const byId = new Map<string, Kept>();
  const ids = new WeakMap<object, string>();
  let next = 1;

  const add = (res: object): string => {
    const id = String(next++);
    const kept: Kept = { res, holders: new Set() };
    byId.set(id, kept);
    ids.set(res, id);
    const forget = (): void => {
      clearTimeout(timer);
      clearTimeout(kept.giveUp);
      byId.delete(id);
    };
    const timer = setTimeout(forget, keepMs);
    timer.unref();
    const real: unknown = Reflect.get(res, '_res') ?? res;
    if (isEmitter(real)) real.once('close', forget);
    return id;
  };
  return {
    keep(res, holder) {
      const id = ids.get(res) ?? add(res);
      const kept = byId.get(id);
      kept?.holders.add(holder);
      clearTimeout(kept?.giveUp);
      return id;
    },
    get: (id) => byId.get(id)?.res,
    lost(holder) {
      for (const kept of byId.values()) {
        if (!kept.holders.delete(holder) || kept.holders.size > 0) continue;
        kept.giveUp = setTimeout(() => giveUp(kept.res), giveUpAfterMs);
      }
    },
  };
}

function giveUp(res: object): void {
  const real: unknown = Reflect.get(res, '_res') ?? res;
  // Whoever has begun may go on: a node here, if it was not the one that has ended.
  const begun = typeof real === 'object' && real !== null && Reflect.get(real, 'headersSent') === true;
  if (!begun) replayCalls(res, nobodyAnswers);
}

const isEmitter = (value: unknown): value is { once(event: string, listener: () => void): unknown } =>
  typeof value === 'object' && value !== null && 'once' in value && typeof value.once === 'function';

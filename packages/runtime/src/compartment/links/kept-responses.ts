/**
 * HTTP responses that other compartments may answer, by an id, for as long as the connection is open and no longer
 * than `keepMs`: the object itself cannot leave the process.
 */

export interface KeptResponses {
  /** The id of a response; the same one each time it is asked for. */
  keep(res: object): string;
  get(id: string): object | undefined;
}

export function keepResponses(keepMs = 15 * 60_000): KeptResponses {
  const byId = new Map<string, object>();
  const ids = new WeakMap<object, string>();
  let next = 1;
  return {
    keep(res) {
      const known = ids.get(res);
      if (known !== undefined) return known;
      const id = String(next++);
      byId.set(id, res);
      ids.set(res, id);
      const forget = (): void => {
        clearTimeout(timer);
        byId.delete(id);
      };
      const timer = setTimeout(forget, keepMs);
      timer.unref();
      const real: unknown = Reflect.get(res, '_res') ?? res;
      if (isEmitter(real)) real.once('close', forget);
      return id;
    },
    get: (id) => byId.get(id),
  };
}

const isEmitter = (value: unknown): value is { once(event: string, listener: () => void): unknown } =>
  typeof value === 'object' && value !== null && 'once' in value && typeof value.once === 'function';

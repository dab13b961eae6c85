import { decodeMessage } from '../../protocol/frame.ts';
import type { Copy } from './copy-of.ts';

/**
 * The live values of one context store, by top-level key. What came from elsewhere is made into objects when a node reads
 * it: what one tab keeps costs the others no heap, and no time when it changes.
 */
export class Values {
  readonly #values: Record<string, unknown>;
  readonly #unread = new Map<string, Uint8Array>();

  constructor(values: Record<string, unknown>) {
    this.#values = values;
  }

  has(key: string): boolean {
    return Object.hasOwn(this.#values, key);
  }

  get(key: string): unknown {
    return this.has(key) ? this.#values[key] : undefined;
  }

  /** As it is now, or came. */
  copy(key: string, copyOf: (value: unknown) => Copy): Copy | undefined {
    const bytes = this.#unread.get(key);
    if (bytes !== undefined && this.has(key)) return { bytes };
    return this.has(key) ? copyOf(this.get(key)) : undefined;
  }

  delete(key: string): void {
    this.#unread.delete(key);
    delete this.#values[key];
  }

  /** Null: deleted. */
  take(key: string, bytes: Uint8Array | null): void {
    if (bytes === null) return this.delete(key);
    this.#unread.set(key, bytes);
    const become = (value: unknown): void => {
      this.#unread.delete(key);
      Object.defineProperty(this.#values, key, { value, writable: true, enumerable: true, configurable: true });
    };
    Object.defineProperty(this.#values, key, {
      get: () => {
        const value = decodeMessage(bytes);
        become(value);
        return value;
      },
      set: become,
      enumerable: true,
      configurable: true,
    });
  }
}

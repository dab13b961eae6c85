/**
 * The one error class of the project. `code` is a stable kebab-case word for programs, `message` tells a person what
 * was wrong, where, and what to do. `code` and `cause` are own and enumerable because a Catch node copies only those.
 */
export class BulkheadError extends Error {
  override readonly name = 'BulkheadError';
  readonly code: string;
  readonly retryable: boolean;
  declare readonly cause?: unknown;

  constructor(code: string, message: string, options: { retryable?: boolean; cause?: unknown } = {}) {
    super(message);
    this.code = code;
    this.retryable = options.retryable ?? false;
    // Only when there is one: console.log prints every enumerable property.
    if (options.cause !== undefined) this.cause = options.cause;
  }
}

/** The words of whatever was thrown: its message if it has one, else its text. */
export function errorMessage(thrown: unknown): string {
  if (thrown instanceof Error && thrown.message !== '') return thrown.message;
  // Objects without a prototype and revoked proxies throw here.
  try {
    return String(thrown);
  } catch {
    return 'unknown error';
  }
}

/** One line for whatever was thrown; nodes throw texts, plain objects and worse. Throws nothing itself. */
export function errorText(thrown: unknown): string {
  try {
    if (typeof thrown === 'string') return thrown;
    if (typeof thrown === 'object' && thrown !== null && 'message' in thrown) return String(thrown.message);
    return JSON.stringify(thrown) ?? 'unknown error';
  } catch {
    // A getter that throws, an object that holds itself, a BigInt.
    return 'an error that cannot be put into words';
  }
}

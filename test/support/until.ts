/**
 * Waits until `condition` gives a truthy value and returns it.
 *
 * The only place in the tests that polls; everything else waits for events. Throws with `what` and the last error once
 * the deadline has passed.
 */
export async function until<T>(
  condition: () => T | Promise<T>,
  { deadlineMs, what, everyMs = 20 }: { deadlineMs: number; what: string | (() => string); everyMs?: number },
): Promise<NonNullable<T>> {
  const end = Date.now() + deadlineMs;
  let lastError: unknown;
  for (;;) {
    try {
      const value = await condition();
      if (value) return value;
    } catch (error) {
      lastError = error;
    }
    if (Date.now() > end) {
      const said = typeof what === 'string' ? what : what();
      throw new Error(`not within ${deadlineMs} ms: ${said}`, { cause: lastError });
    }
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}

const everyMs = 500;
const longestMs = 30_000;

/** Signs of life while the engine works for it: until the container speaks for itself, and after it has ended. Bounded. */
export function createWaiting(onWaiting: () => void): { start(): void; stop(): void } {
  let timer: NodeJS.Timeout | undefined;
  const stop = (): void => clearInterval(timer);
  const start = (): void => {
    stop();
    const until = performance.now() + longestMs;
    timer = setInterval(() => (performance.now() < until ? onWaiting() : stop()), everyMs);
  };
  start();
  return { start, stop };
}

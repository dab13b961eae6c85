/**
 * Calls `work` when the element becomes visible and then every `everyMs` for as long as somebody can see it.
 *
 * Never twice at a time. `now` asks for one more call soon, which is left out while nobody looks.
 */
export function whileVisible(target: Element, everyMs: number, work: () => Promise<void>): { now(): void } {
  let visible = false;
  let busy = false;
  let again = false;

  const run = (): void => {
    if (!visible || document.hidden) return;
    if (busy) {
      again = true;
      return;
    }
    busy = true;
    void work().finally(() => {
      busy = false;
      if (!again) return;
      again = false;
      run();
    });
  };
  new IntersectionObserver((entries) => {
    visible = entries.at(-1)?.isIntersecting ?? false;
    run();
  }).observe(target);
  document.addEventListener('visibilitychange', run);
  setInterval(run, everyMs);
  return { now: run };
}

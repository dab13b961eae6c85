/**
 * Calls `act` once if npm, which runs this script, is gone. Returns a function that stops watching.
 *
 * A SIGTERM for npm ends the shell that npm puts between itself and the script; the script itself is told nothing.
 * Without npm (started by hand, by a service manager) a parent may leave without meaning anything.
 */
export function whenNpmIsGone(act) {
  if (process.env.npm_lifecycle_event === undefined) return () => {};
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    act();
  }, 500);
  watch.unref();
  return () => clearInterval(watch);
}

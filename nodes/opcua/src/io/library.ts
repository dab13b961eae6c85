import { setDebugLogger, setErrorLogger, setWarningLogger } from 'node-opcua-client';

/**
 * node-opcua prints warnings and errors on stdout and stderr, in colours and over several lines, for what our own
 * states and errors say already (it repeats them at each retry).
 */
export function silenceLibrary(): void {
  const ignore = (): void => undefined;
  setDebugLogger(ignore);
  setWarningLogger(ignore);
  setErrorLogger(ignore);
}

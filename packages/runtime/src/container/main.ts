/**
 * Keeps one container for one compartment: it is to the keeper what the process of a compartment is elsewhere. Starts with
 * the container, prints what it prints, hands on its beats and last words, and ends as it ended.
 *
 * left-overs removed → gate → create → attach → start → (container ends) → why? → remove → exit with its code.
 */
import { beat, lastWords, relayBeat } from '../protocol/beats.ts';
import { type ContainerBoot, readBoot } from '../protocol/boot.ts';
import { endWhenKeeperGone } from '../protocol/orphan-guard.ts';
import { keepContainer } from './keep-container.ts';

const startupFailed = 78;
/** As long as the process of a compartment takes to close its nodes when the keeper is gone, and the engine's work after. */
const orphanLimitMs = 1_500;
const tidyUpMs = 10_000;

function isBoot(value: unknown): value is ContainerBoot {
  return typeof value === 'object' && value !== null && 'engine' in value && 'compartment' in value;
}

const boot = readBoot((value) => {
  if (!isBoot(value)) throw new Error('the keeper of a container is started by the keeper of the house, not by hand');
  return value;
});

// With the keeper the readers of what is printed are gone, and there is a container to take away yet.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

const kept = keepContainer(boot, { onBeat: relayBeat, onWaiting: beat, log: (line) => console.error(line) });
// Nobody is left who would start it again. With the keeper its signal of death comes as well: whichever is first.
endWhenKeeperGone(() => kept.end('SIGTERM', orphanLimitMs), orphanLimitMs + tidyUpMs);
process.on('SIGTERM', () => kept.end('SIGTERM'));
process.on('SIGINT', () => kept.end('SIGTERM'));
// Stands for the SIGKILL that a process would get, which would leave the container to itself.
process.on('SIGUSR2', () => kept.end('SIGKILL'));

kept.ended.then(
  ({ exitCode, words }) => {
    if (words !== null) lastWords(words);
    process.exit(exitCode);
  },
  (error: unknown) => {
    const detail = error instanceof Error ? error.message : String(error);
    console.error(detail);
    lastWords({ reason: 'startup-failed', detail });
    process.exit(startupFailed);
  },
);

import { startBeats, lastWords } from '../protocol/beats.ts';
import { readBoot, type SupervisorBoot } from '../protocol/boot.ts';
import { endWhenKeeperGone } from '../protocol/orphan-guard.ts';
import { startSupervisor } from './supervisor.ts';

const configurationError = 78;

function isBoot(value: unknown): value is SupervisorBoot {
  return typeof value === 'object' && value !== null && 'supervisorSocket' in value && 'keeperSocket' in value;
}

const log = (line: string): void => void process.stdout.write(`${line}\n`);
const boot = readBoot((value) => {
  if (!isBoot(value)) throw new Error('the supervisor is started by the keeper, not by hand');
  return value;
});
endWhenKeeperGone();
startBeats();
startSupervisor(boot, log).catch((error: unknown) => {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') {
    const detail = `port ${boot.port} on ${boot.host} is in use by another program; stop that program or set BULKHEAD_PORT`;
    process.stderr.write(`bulkhead: ${detail}\n`);
    lastWords({ reason: 'startup-failed', detail });
    process.exit(configurationError);
  }
  if (code === 'EACCES' || code === 'EADDRNOTAVAIL') {
    const detail = `${boot.host}:${boot.port} cannot be listened on (${code}); set BULKHEAD_HOST and BULKHEAD_PORT`;
    process.stderr.write(`bulkhead: ${detail}\n`);
    lastWords({ reason: 'startup-failed', detail });
    process.exit(configurationError);
  }
  throw error;
});

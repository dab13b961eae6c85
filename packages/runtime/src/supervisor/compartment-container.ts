import { createHash } from 'node:crypto';
import path from 'node:path';
import type { ContainerBoot, SupervisorBoot } from '../protocol/boot.ts';
import type { ChildSpec } from '../protocol/messages.ts';
import { httpSocketName, linkSocketName } from '../protocol/socket-name.ts';
import type { StartOptions } from './compartments/ports.ts';
import { compartmentSpec, identityOf } from './compartment-process.ts';

/** Of the host's environment these mean something else in a container. */
const hostOnly = new Set(['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'TMPDIR', 'TMP', 'TEMP']);

/**
 * How the container launcher starts a compartment: the keeper's child is a program that keeps one container, and tells
 * of it what a process would have told of itself (decision 24).
 */
export function containerSpec(boot: SupervisorBoot, compartmentId: string, how: StartOptions): ChildSpec {
  const { limits } = how;
  const { name, role, cwd, args, env, restart } = compartmentSpec(boot, compartmentId, how);
  const identity = identityOf(boot, compartmentId, how);
  const { runDirectory, installation, programs } = boot;
  const container: ContainerBoot = {
    engine: boot.containers,
    name: containerName(boot.home, compartmentId),
    house: boot.home,
    run: runDirectory,
    compartmentName: compartmentId,
    installation,
    program: path.relative(installation, programs.compartment).replaceAll(path.sep, '/'),
    // The container is a stronger wall than the permission model, whose paths are those of this machine.
    nodeArguments: args.filter((argument) => argument !== programs.compartment && !isPermission(argument)),
    env: Object.fromEntries(Object.entries(env).filter(([variable]) => !hostOnly.has(variable.toUpperCase()))),
    memoryMb: limits.rssMb,
    cpuPercent: limits.cpuPercent,
    openFiles: limits.openFiles,
    directory: identity.directory,
    runDirectory,
    supervisorSocket: boot.supervisorSocket,
    httpSocket: path.join(runDirectory, httpSocketName(compartmentId)),
    linkSocket: path.join(runDirectory, linkSocketName(compartmentId)),
    palettes: [
      path.join(boot.editorUserDir, 'node_modules'),
      ...boot.nodesDirs.filter((folder) => path.relative(installation, folder).startsWith('..')),
    ],
    compartment: { ...identity, supervisorSocket: boot.supervisorSocket },
  };
  return {
    name,
    role,
    command: programs.node,
    args: ['--max-semi-space-size=1', programs.container],
    cwd,
    env,
    boot: container,
    hangLimitMs: limits.hangMs,
    restart,
    stopSignal: 'SIGTERM',
    killSignal: 'SIGUSR2',
  };
}

const isPermission = (argument: string): boolean => /^--(?:permission$|allow-)/.test(argument);

/** The same at every start, so that what was left over is found. */
function containerName(home: string, compartmentId: string): string {
  const of = createHash('sha256').update(`${home}\n${compartmentId}`).digest('hex').slice(0, 16);
  return `bulkhead-${of}`;
}

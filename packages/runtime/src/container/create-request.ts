/** What is asked of the engine for one compartment: as little as its flows can live with. Pure. */
import { posix as path } from 'node:path';
import type { ContainerBoot } from '../protocol/boot.ts';

interface Bind {
  readonly Type: 'bind';
  readonly Source: string;
  readonly Target: string;
  readonly ReadOnly: boolean;
}

/** Body of `POST /containers/create`. */
export interface CreateRequest {
  readonly Image: string;
  readonly Cmd: readonly string[];
  readonly Env: readonly string[];
  readonly User: string;
  readonly WorkingDir: string;
  readonly Labels: Readonly<Record<string, string>>;
  readonly AttachStdout: true;
  readonly AttachStderr: true;
  readonly HostConfig: {
    readonly Init: true;
    readonly AutoRemove: false;
    readonly ReadonlyRootfs: true;
    readonly CapDrop: readonly string[];
    readonly SecurityOpt: readonly string[];
    readonly NetworkMode: string;
    readonly Memory: number;
    readonly MemorySwap: number;
    readonly NanoCpus: number;
    readonly PidsLimit: number;
    readonly Ulimits: readonly { readonly Name: string; readonly Soft: number; readonly Hard: number }[];
    readonly LogConfig: { readonly Type: 'none' };
    readonly Mounts: readonly Bind[];
    readonly Tmpfs: Readonly<Record<string, string>>;
  };
}

/** Where the boot data lie in the container. Its path is no secret, its content is. */
export const bootFileInContainer = '/run/bulkhead/boot.json';
/** Where the runtime is in the image, or is mounted. */
export const installationInContainer = '/opt/bulkhead';

/** Which house made it: what one start of it left behind is known by them at the next. */
export const houseLabel = 'bulkhead.house';
export const runLabel = 'bulkhead.run';

const scratchMb = 64;
const maxProcesses = 4096;

export function createRequest(
  boot: ContainerBoot,
  { bootFolder, user, palettes }: { bootFolder: string; user: string; palettes: readonly string[] },
): CreateRequest {
  const { engine, directory, runDirectory, installation } = boot;
  const bind = (Source: string, Target: string, ReadOnly: boolean): Bind => ({
    Type: 'bind',
    Source,
    Target,
    ReadOnly,
  });
  const memory = boot.memoryMb * 1_048_576;
  const scratch = `rw,nosuid,nodev,mode=1777,size=${scratchMb}m`;
  return {
    Image: engine.image,
    Cmd: ['node', ...boot.nodeArguments, `${installationInContainer}/${boot.program}`, bootFileInContainer],
    Env: Object.entries(boot.env).map(([name, value]) => `${name}=${value}`),
    User: user,
    WorkingDir: directory,
    Labels: { [houseLabel]: boot.house, [runLabel]: boot.run, 'bulkhead.compartment': boot.compartmentName },
    AttachStdout: true,
    AttachStderr: true,
    HostConfig: {
      // Node.js as process 1 would reap no children and be deaf to SIGABRT, with which V8 ends when its heap is full.
      Init: true,
      // Who asks why it ended must still find it.
      AutoRemove: false,
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      NetworkMode: engine.network,
      Memory: memory,
      // Memory and swap together: none of it is swap.
      MemorySwap: memory,
      NanoCpus: boot.cpuPercent * 1e7,
      PidsLimit: engine.pids,
      Ulimits: [
        { Name: 'nofile', Soft: boot.openFiles, Hard: boot.openFiles },
        // Counted for its user on the whole machine; its own are held by PidsLimit.
        { Name: 'nproc', Soft: maxProcesses, Hard: maxProcesses },
      ],
      // The keeper keeps the log; a second one, with a beat a second in it, would fill the engine's disk.
      LogConfig: { Type: 'none' },
      Mounts: [
        bind(bootFolder, path.dirname(bootFileInContainer), true),
        bind(directory, directory, false),
        ...(engine.mountInstallation ? [bind(installation, installationInContainer, true)] : []),
        ...palettes.map((folder) => bind(folder, folder, true)),
      ],
      Tmpfs: { '/tmp': scratch, [runDirectory]: scratch },
    },
  };
}

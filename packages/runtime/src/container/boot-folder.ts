/** What of this machine a container gets to see, and who it is there. */
import { chown, lchown, mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Contained, ContainerBoot } from '../protocol/boot.ts';
import { bootFileInContainer } from './create-request.ts';

/** Of the user in official Node.js images; anybody without rights would do. */
const unprivilegedId = 1000;

export interface User {
  readonly uid: number;
  readonly gid: number;
}

/** Who the compartment is: nobody special where root starts it, else the one who started the house. */
export async function prepareUser({ directory }: ContainerBoot): Promise<User> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
  if (uid !== 0) return { uid, gid };
  // What it wrote before, as a process, is root's; only its own folder is touched.
  const written = await readdir(directory, { recursive: true });
  for (const entry of ['.', ...written]) await lchown(path.join(directory, entry), unprivilegedId, unprivilegedId);
  return { uid: unprivilegedId, gid: unprivilegedId };
}

export async function makeFolder(folder: string, { uid, gid }: User): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { mode: 0o500 });
  await chown(folder, uid, gid);
}

/** Token and keys go into the container in a file that only its user can read, and which is whole once it is there. */
export async function writeBootFile(
  folder: string,
  boot: ContainerBoot,
  contained: Contained,
  user: User,
): Promise<void> {
  const file = path.join(folder, path.basename(bootFileInContainer));
  const unfinished = path.join(boot.runDirectory, `${path.basename(folder)}.new`);
  await writeFile(unfinished, `${JSON.stringify({ ...boot.compartment, contained })}\n`, { mode: 0o400 });
  await chown(unfinished, user.uid, user.gid);
  await rename(unfinished, file);
}

/** Those that are there: a folder that is not would be made, as root's. */
export async function existing(folders: readonly string[]): Promise<readonly string[]> {
  const found = await Promise.all(
    folders.map((folder) =>
      stat(folder).then(
        (entry) => entry.isDirectory(),
        () => false,
      ),
    ),
  );
  return folders.filter((_folder, index) => found[index]);
}

import path from 'node:path';
import { type KnownServers, knownServers } from './known-servers.ts';
import { type OwnKeyPairFile, ownKeyPairFile } from './own-key-pair.ts';

/**
 * Keys and decisions about certificates: one folder for all processes that share a user directory, read anew whenever it
 * counts. So what is decided in the editor holds in every tab, also when each runs in a process of its own.
 */
export interface Pki {
  readonly own: OwnKeyPairFile;
  readonly servers: KnownServers;
}

export const pkiFolderIn = (userDir: string): string => path.join(userDir, 'opcua-pki');

/** The folder is made when something is first kept in it. */
export function pkiIn(folder: string): Pki {
  return { own: ownKeyPairFile(path.join(folder, 'application')), servers: knownServers(folder) };
}

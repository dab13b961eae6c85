import type { ItemRequest } from '../opcua-connection/link.ts';
import type { ItemValue } from '../opcua-read/poller.ts';
import type { OpcuaLink } from './opcua-link.ts';

/** What nodes ask of a server besides subscriptions. Everything rejects when there is no connection, or it is lost meanwhile. */
export interface Services {
  readItems(items: readonly ItemRequest[]): Promise<ItemValue[]>;
}

/** Loaded with the first connection, by the link; here it is there already. */
const loadLibrary = () => import('./library.ts');

export function createServices(link: OpcuaLink): Services {
  return {
    readItems: (items) => link.request(async (live) => (await loadLibrary()).readItems(live, items)),
  };
}

import type { ReadItems } from '../opcua-read/poller.ts';
import type { WriteServices } from '../opcua-write/target.ts';
import type { OpcuaLink } from './opcua-link.ts';

/** What nodes ask of a server besides subscriptions. Everything rejects when there is no connection, or it is lost meanwhile. */
export interface Services extends WriteServices {
  readItems: ReadItems;
}

/** Loaded with the first connection, by the link; here it is there already. */
const loadLibrary = () => import('./library.ts');

export function createServices(link: OpcuaLink): Services {
  return {
    readItems: (items) => link.request(async (live) => (await loadLibrary()).readItems(live, items)),
    readTargets: (nodes) => link.request(async (live) => (await loadLibrary()).readTargets(live, nodes)),
    write: (values) => link.request(async (live) => (await loadLibrary()).writeValues(live, values)),
  };
}

import type { CallServices } from '../opcua-call/method.ts';
import type { AlarmServices } from '../opcua-events/alarm.ts';
import type { HistoryServices } from '../opcua-history/history.ts';
import type { ReadItems } from '../opcua-read/poller.ts';
import type { WriteServices } from '../opcua-write/target.ts';
import type { OpcuaLink } from './opcua-link.ts';

/** What nodes ask of a server besides subscriptions. Everything rejects when there is no connection, or it is lost meanwhile. */
export interface Services extends WriteServices, CallServices, HistoryServices, AlarmServices {
  readItems: ReadItems;
}

/** Loaded with the first connection, by the link; here it is there already. */
const loadLibrary = () => import('./library.ts');

export function createServices(link: OpcuaLink): Services {
  return {
    readItems: (items, onRetry) => link.request(async (live) => (await loadLibrary()).readItems(live, items, onRetry)),
    readTargets: (nodes) => link.request(async (live) => (await loadLibrary()).readTargets(live, nodes)),
    describeMethod: (ref) => link.request(async (live) => (await loadLibrary()).describeMethod(live, ref)),
    call: (ref, inputs) => link.request(async (live) => (await loadLibrary()).callMethod(live, ref, inputs)),
    answerAlarm: (answer) => link.request(async (live) => (await loadLibrary()).answerAlarm(live, answer)),
    readHistory: (nodes, details) =>
      link.request(async (live) => (await loadLibrary()).readHistory(live, nodes, details)),
    releaseHistory: (nodes) => link.request(async (live) => (await loadLibrary()).releaseHistory(live, nodes)),
    write: (values) => link.request(async (live) => (await loadLibrary()).writeValues(live, values)),
  };
}

/** Storage of a compartment: in memory, because its flows come from the supervisor and are never written here. */
import type { Slice } from '../protocol/messages.ts';

export interface FlowStore {
  /** For `settings.storageModule`: Node-RED asks for own properties, so this must stay a plain object. */
  readonly module: object;
}

export function createFlowStore(initial: Slice): FlowStore {
  let flows: unknown = initial.flows;
  let credentials: unknown = initial.credentials;
  let settings: unknown = {};
  let sessions: unknown = {};
  return {
    module: {
      init: async () => {},
      getFlows: async () => structuredClone(flows),
      saveFlows: async (next: unknown) => {
        flows = next;
      },
      getCredentials: async () => structuredClone(credentials),
      saveCredentials: async (next: unknown) => {
        credentials = next;
      },
      getSettings: async () => settings,
      saveSettings: async (next: unknown) => {
        settings = next;
      },
      getSessions: async () => sessions,
      saveSessions: async (next: unknown) => {
        sessions = next;
      },
      // The library belongs to the editor.
      getLibraryEntry: async () => [],
      saveLibraryEntry: async () => {},
    },
  };
}

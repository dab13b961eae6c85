/**
 * What the house has shown in the editor and browsers go on being told: dots, and warnings that stay.
 *
 * A supervisor knows only what it has heard itself. What its predecessor was told by a tab that ended meanwhile nobody would
 * take back: so whatever is not said again soon after another connection is forgotten.
 */
import type { EventEmitter } from 'node:events';
import type { RelayedEvent } from '../protocol/messages.ts';

export interface ShownEvents {
  show(events: readonly RelayedEvent[]): void;
  /** A supervisor is connected, perhaps another one than before. */
  connected(): void;
  stop(): void;
}

/** Tabs that go on running dial in to another supervisor within a second. */
const saidAgainWithinMs = 5_000;

export function createShownEvents(events: EventEmitter, withinMs = saidAgainWithinMs): ShownEvents {
  const shown = new Map<string, RelayedEvent>();
  let stale = new Set<string>();
  let timer: NodeJS.Timeout | undefined;

  const show = (event: RelayedEvent): void => {
    const key = keyOf(event);
    if (key !== undefined) {
      stale.delete(key);
      const taken = takenBack(event);
      if (stays(event) && taken !== undefined) shown.set(key, taken);
      else shown.delete(key);
    }
    events.emit(event.name, event.payload);
  };
  const forget = (): void => {
    for (const key of stale) {
      const event = shown.get(key);
      if (event !== undefined) show(event);
    }
    stale = new Set();
  };
  return {
    show: (all) => all.forEach(show),
    connected() {
      clearTimeout(timer);
      stale = new Set(shown.keys());
      timer = setTimeout(forget, withinMs);
      timer.unref();
    },
    stop: () => clearTimeout(timer),
  };
}

function keyOf(event: RelayedEvent): string | undefined {
  switch (event.name) {
    case 'node-status':
      return `status/${event.payload.id}`;
    case 'runtime-event':
      return `notification/${event.payload.id}`;
    case 'comms':
      // Topics of palettes mean what only these know.
      return undefined;
  }
}

function stays(event: RelayedEvent): boolean {
  switch (event.name) {
    case 'node-status':
      return !isEmpty(event.payload.status);
    case 'runtime-event':
      return event.payload.retain === true && !isEmpty(event.payload.payload);
    case 'comms':
      return false;
  }
}

const isEmpty = (value: unknown): boolean =>
  typeof value !== 'object' || value === null || Object.keys(value).length === 0;

/** The event that ends it in every browser. */
function takenBack(event: RelayedEvent): RelayedEvent | undefined {
  switch (event.name) {
    case 'node-status':
      return { name: 'node-status', payload: { id: event.payload.id, status: {} } };
    case 'runtime-event':
      return { name: 'runtime-event', payload: { id: event.payload.id, payload: {} } };
    case 'comms':
      return undefined;
  }
}

import type { ChildStatus, LogLine } from '../protocol/messages.ts';

export interface PlantPorts {
  children(): Promise<readonly ChildStatus[]>;
  logs(name: string, lines: number): Promise<readonly LogLine[]>;
  signal(name: string): void;
  now(): number;
}

/** A plant under full load needs some 100 ms; one that says nothing is not waited for longer. */
const withinMs = 1_500;
const everyMs = 20;

/**
 * Freezes the simulated plant and resolves when it says that it is. Without its word a value could still change after
 * the last read, and would be missing from a history that is to be whole.
 */
export async function holdPlant({ children, logs, signal, now }: PlantPorts): Promise<void> {
  const plant = (await children()).find(({ name }) => name === 'plant');
  if (typeof plant?.pid !== 'number') return;
  const askedAt = now();
  signal('plant');
  while (now() - askedAt < withinMs) {
    const isHeld = (await logs('plant', 5)).some(({ at, text }) => at >= askedAt && text.includes('"held"'));
    if (isHeld) return;
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}

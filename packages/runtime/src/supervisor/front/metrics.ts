import { Gauge, Registry } from 'prom-client';
import type { Compartment } from '../compartments/compartment.ts';
import type { Watched } from '../limit-watch.ts';

const states = ['starting', 'running', 'backing-off', 'quarantined', 'stopped'] as const;

export interface MetricsSource {
  compartments(): Iterable<Compartment>;
  sample(compartmentId: string): Watched | null;
  readonly globals: {
    readonly keys: number;
    readonly bytes: number;
    readonly refused: number;
    readonly lostUpdates: number;
  };
  editorConnected(): boolean;
  sparesReady(): number;
}

/** What each compartment may use, in the units of `bulkhead.yaml`, and what sees to it. */
function limitGauges(registry: Registry, source: MetricsSource): void {
  new Gauge({
    name: 'bulkhead_compartment_limit',
    help: 'Limits of the compartment, in the units of bulkhead.yaml',
    labelNames: ['compartment', 'limit'],
    registers: [registry],
    collect() {
      this.reset();
      for (const { id, limits } of source.compartments())
        for (const [limit, value] of Object.entries(limits)) this.set({ compartment: id, limit }, value);
    },
  });
  new Gauge({
    name: 'bulkhead_compartment_limit_enforcer',
    help: 'What sees that the compartment keeps within the limit: the kernel by a control group, or a watchdog',
    labelNames: ['compartment', 'limit', 'by'],
    registers: [registry],
    collect() {
      this.reset();
      for (const { id, limitsBy } of source.compartments())
        for (const limit of ['memory', 'cpu'] as const) this.set({ compartment: id, limit, by: limitsBy[limit] }, 1);
    },
  });
}

function globalGauges(registry: Registry, { globals }: MetricsSource): void {
  const gauge = (name: string, help: string, read: () => number): void => {
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read());
      },
    });
  };
  gauge('bulkhead_global_keys', 'Keys of the global context', () => globals.keys);
  gauge('bulkhead_global_bytes', 'Size of all values of the global context, serialised', () => globals.bytes);
  gauge(
    'bulkhead_global_refused_total',
    'Writes to the global context that were not shared, because it was full',
    () => globals.refused,
  );
  gauge(
    'bulkhead_global_lost_updates_total',
    'Writes to the global context that replaced a value which their tab had not seen',
    () => globals.lostUpdates,
  );
}

/** Prometheus text of the whole house; everything is read when it is asked for. */
export function createMetrics(source: MetricsSource): { text(): Promise<string>; readonly contentType: string } {
  const registry = new Registry();
  const perCompartment = (name: string, help: string, read: (compartment: Compartment) => number | null): void => {
    new Gauge({
      name,
      help,
      labelNames: ['compartment'],
      registers: [registry],
      collect() {
        this.reset();
        for (const compartment of source.compartments()) {
          const value = read(compartment);
          if (value !== null) this.set({ compartment: compartment.id }, value);
        }
      },
    });
  };
  new Gauge({
    name: 'bulkhead_compartment_state',
    help: '1 for the state that the compartment is in, 0 for the others',
    labelNames: ['compartment', 'name', 'state'],
    registers: [registry],
    collect() {
      this.reset();
      for (const compartment of source.compartments()) {
        for (const state of states) {
          this.set(
            { compartment: compartment.id, name: compartment.planned.name, state },
            compartment.state.kind === state ? 1 : 0,
          );
        }
      }
    },
  });
  new Gauge({
    name: 'bulkhead_compartment_last_exit_timestamp_seconds',
    help: 'When the compartment last ended by itself, and why',
    labelNames: ['compartment', 'node', 'reason'],
    registers: [registry],
    collect() {
      this.reset();
      for (const { id, lastExit } of source.compartments()) {
        if (lastExit)
          this.set({ compartment: id, node: lastExit.nodeId ?? '', reason: lastExit.reason }, lastExit.at / 1000);
      }
    },
  });
  perCompartment(
    'bulkhead_compartment_problems',
    'Why flows of it that were deployed do not run, or not all of them, though its process does',
    (c) => c.problems.length,
  );
  perCompartment('bulkhead_compartment_restarts_total', 'Restarts after an exit', (c) => c.restarts);
  perCompartment(
    'bulkhead_compartment_resident_memory_bytes',
    'Resident memory',
    (c) => source.sample(c.id)?.rssBytes ?? null,
  );
  perCompartment('bulkhead_compartment_cpu_ratio', 'CPU used, of one core', (c) => {
    const sample = source.sample(c.id);
    return sample ? sample.cpuPercent / 100 : null;
  });
  perCompartment('bulkhead_compartment_heap_used_bytes', 'V8 heap in use', (c) => c.telemetry?.heapUsedBytes ?? null);
  perCompartment(
    'bulkhead_compartment_event_loop_p99_seconds',
    'Event-loop delay, 99th percentile of the last second',
    (c) => (c.eventLoopP99Ms === null ? null : c.eventLoopP99Ms / 1000),
  );
  perCompartment(
    'bulkhead_compartment_messages_received_total',
    'Messages that nodes of the compartment received since its start',
    (c) => c.telemetry?.messagesReceived ?? null,
  );
  perCompartment(
    'bulkhead_compartment_debug_dropped_total',
    'Debug messages not shown because there were too many',
    (c) => c.telemetry?.debugDropped ?? null,
  );
  perCompartment(
    'bulkhead_compartment_log_dropped_total',
    'Log lines not printed because there were too many',
    (c) => c.telemetry?.logDropped ?? null,
  );
  perCompartment(
    'bulkhead_compartment_open_files',
    'Open file descriptors',
    (c) => source.sample(c.id)?.openFiles ?? null,
  );
  perCompartment('bulkhead_compartment_cpu_limited', '1 while it uses all of its CPU share, or more', (c) => {
    const sample = source.sample(c.id);
    return sample ? Number(sample.cpuLimited) : null;
  });
  limitGauges(registry, source);
  globalGauges(registry, source);
  const links = {
    sent: 'Messages that left for link nodes of other compartments',
    received: 'Messages that came from link nodes of other compartments',
    dropped: 'Messages between compartments that were lost',
  } as const;
  for (const kind of ['sent', 'received', 'dropped'] as const) {
    perCompartment(`bulkhead_link_${kind}_total`, links[kind], (c) => c.telemetry?.links[kind] ?? null);
  }
  perCompartment(
    'bulkhead_link_queued',
    'Messages that wait for another compartment',
    (c) => c.telemetry?.links.queued ?? null,
  );
  new Gauge({
    name: 'bulkhead_editor_up',
    help: '1 while the editor process is connected',
    registers: [registry],
    collect() {
      this.set(source.editorConnected() ? 1 : 0);
    },
  });
  new Gauge({
    name: 'bulkhead_spares_ready',
    help: 'Processes that could become a compartment at once',
    registers: [registry],
    collect() {
      this.set(source.sparesReady());
    },
  });
  return { text: () => registry.metrics(), contentType: registry.contentType };
}

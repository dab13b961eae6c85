import * as v from 'valibot';
import { withVectors } from './conformance.ts';

const example = v.looseObject({ id: v.string(), kind: v.optional(v.string()) });
const factors = v.object({
  availability: v.optional(v.number()),
  performance: v.optional(v.number()),
  quality: v.optional(v.number()),
  oee: v.optional(v.number()),
});
const apq = v.object({
  id: v.string(),
  kind: v.literal('apq'),
  inputs: v.object({
    planned_production_time: v.number(),
    run_time: v.number(),
    ideal_cycle_time: v.number(),
    total_count: v.number(),
    good_count: v.number(),
  }),
  exact_percent: factors,
});
const counter = v.object({
  name: v.string(),
  width: v.picklist([16, 32]),
  max_step: v.number(),
  values: v.array(v.number()),
  expected_increments: v.array(v.number()),
  expected_total: v.number(),
});
const rollup = v.object({
  inputs: v.object({
    machines: v.array(
      v.object({
        planned: v.number(),
        run: v.number(),
        ideal_cycle_time: v.number(),
        total: v.number(),
        good: v.number(),
      }),
    ),
  }),
  exact_percent: factors,
});
const unequal = v.object({
  machines: v.array(v.tuple([v.number(), v.number(), v.number(), v.number(), v.number()])),
  expected_percent: factors,
});
const ap = v.object({
  inputs: v.object({
    planned_availability: v.number(),
    uptime: v.number(),
    standard_cycle_time: v.number(),
    completed_cycles: v.number(),
  }),
  exact_percent: factors,
});
const teep = v.object({
  inputs: v.object({ oee_percent: v.number(), scheduled_hours: v.number(), calendar_hours: v.number() }),
  exact_percent: v.object({ utilization: v.number(), teep: v.number() }),
});
const teepOfRate = v.object({
  inputs: v.object({
    ideal_rate_per_min: v.number(),
    good_parts: v.number(),
    scheduled_hours: v.number(),
    calendar_hours: v.number(),
  }),
  exact_percent: v.object({ oee: v.number(), teep: v.number() }),
});
const reliability = v.object({
  inputs: v.object({
    mtbf: v.object({ operating_hours: v.number(), failures: v.number() }),
    mttr: v.object({ downtime_hours: v.number(), failures: v.number() }),
  }),
  exact: v.object({ mtbf_h: v.number(), mttr_h: v.number() }),
});
const performance = v.object({
  inputs: v.object({
    planned: v.number(),
    unplanned_downtime: v.number(),
    ideal_cycle_time_s: v.number(),
    total: v.number(),
  }),
  exact_percent: v.object({ performance: v.number(), speed_loss: v.number() }),
  published_other: v.object({ ideal_output: v.number(), lost_units: v.number(), lost_time_min: v.number() }),
});
const simple = v.object({
  inputs: v.object({ good_count: v.number(), theoretical_count: v.number() }),
  exact_percent: v.object({ oee: v.number() }),
});
const minorStops = v.object({
  inputs: v.array(v.object({ stops: v.number(), avg_min: v.number() })),
  exact: v.array(v.number()),
});
const nee = v.object({
  inputs: v.object({
    PBT: v.number(),
    APT: v.number(),
    AUST: v.number(),
    PRI: v.number(),
    PQ: v.number(),
    GQ: v.number(),
  }),
  expected_percent: v.object({ oee: v.number(), nee: v.number() }),
});
const zeroDenominators = v.object({
  cases: v.array(
    v.object({
      planned: v.number(),
      run: v.optional(v.number()),
      total: v.optional(v.number()),
      expected: v.string(),
    }),
  ),
});
const over = v.object({
  inputs: v.object({
    planned: v.number(),
    run: v.number(),
    ideal_cycle_time: v.number(),
    total: v.number(),
    good: v.number(),
  }),
  expected: v.object({ performance: v.number(), oee: v.number(), flag: v.string() }),
});
const dst = v.object({
  cases: v.array(
    v.object({
      tz: v.string(),
      start: v.string(),
      end: v.string(),
      start_utc: v.string(),
      end_utc: v.string(),
      minutes: v.number(),
    }),
  ),
});
const halfOpen = v.object({
  shift: v.tuple([v.string(), v.string()]),
  events: v.array(v.string()),
  expected_in_shift: v.array(v.boolean()),
});

/** The shared worked examples, each kind read into its own shape. */
export interface OeeExamples {
  apq: v.InferOutput<typeof apq>[];
  counters: v.InferOutput<typeof counter>[];
  rollup: v.InferOutput<typeof rollup>;
  unequal: v.InferOutput<typeof unequal>;
  ap: v.InferOutput<typeof ap>;
  teep: v.InferOutput<typeof teep>;
  teepOfRate: v.InferOutput<typeof teepOfRate>;
  reliability: v.InferOutput<typeof reliability>;
  performance: v.InferOutput<typeof performance>;
  simple: v.InferOutput<typeof simple>;
  minorStops: v.InferOutput<typeof minorStops>;
  nee: v.InferOutput<typeof nee>;
  zeroDenominators: v.InferOutput<typeof zeroDenominators>;
  over: v.InferOutput<typeof over>;
  dst: v.InferOutput<typeof dst>;
  halfOpen: v.InferOutput<typeof halfOpen>;
}

export function withOeeExamples(body: (examples: OeeExamples) => void): void {
  const file = v.object({ published: v.array(example), derived: v.array(example) });
  withVectors('oee-examples.json', file, ({ published, derived }) => {
    const all = [...published, ...derived];
    const named = (id: string): unknown => all.find((candidate) => candidate.id === id);
    body({
      apq: all.filter(({ kind }) => kind === 'apq').map((candidate) => v.parse(apq, candidate)),
      counters: v.parse(v.object({ cases: v.array(counter) }), named('counter-rollover-reset')).cases,
      rollup: v.parse(rollup, named('versalytics-weighted-abc')),
      unequal: v.parse(unequal, named('rollup-unequal-planned')),
      ap: v.parse(ap, named('tpm-miller-201')),
      teep: v.parse(teep, named('leanworx-teep-1')),
      teepOfRate: v.parse(teepOfRate, named('versalytics-teep-press')),
      reliability: v.parse(reliability, named('ibm-mtbf-mttr')),
      performance: v.parse(performance, named('calcmastery-speed-loss')),
      simple: v.parse(simple, named('simple-oee-bottles')),
      minorStops: v.parse(minorStops, named('mfgcalcs-minor-stops')),
      nee: v.parse(nee, named('iso22400-nee')),
      zeroDenominators: v.parse(zeroDenominators, named('zero-denominators')),
      over: v.parse(over, named('performance-over-100')),
      dst: v.parse(dst, named('dst-night-shift')),
      halfOpen: v.parse(halfOpen, named('half-open-shift-boundary')),
    });
  });
}

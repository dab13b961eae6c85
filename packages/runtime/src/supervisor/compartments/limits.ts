import * as v from 'valibot';

/** What one compartment may use before it is ended and started again. */
export interface Limits {
  /** V8 old-space, MB; takes effect at the next start. */
  readonly heapMb: number;
  /** Resident memory, Buffers included, MB. */
  readonly rssMb: number;
  /** Longest silence of the event loop, ms. */
  readonly hangMs: number;
}

export const defaultLimits: Limits = { heapMb: 256, rssMb: 1024, hangMs: 10_000 };

/** The limits that differ from the defaults of the house. */
export function ownLimits(limits: Limits, defaults: Limits): Partial<Limits> {
  return {
    ...(limits.heapMb === defaults.heapMb ? {} : { heapMb: limits.heapMb }),
    ...(limits.rssMb === defaults.rssMb ? {} : { rssMb: limits.rssMb }),
    ...(limits.hangMs === defaults.hangMs ? {} : { hangMs: limits.hangMs }),
  };
}

const megabytes = (least: number) => v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(1_048_576));

const patchSchema = v.strictObject({
  limits: v.strictObject({
    heapMb: v.optional(megabytes(32)),
    rssMb: v.optional(megabytes(96)),
    hangMs: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1_000), v.maxValue(3_600_000))),
  }),
});

/** Reads the body of `PATCH /bulkhead/compartments/:id`. */
export function parseLimitsPatch(
  body: unknown,
): { readonly ok: true; readonly limits: Partial<Limits> } | { readonly ok: false; readonly message: string } {
  const result = v.safeParse(patchSchema, body);
  if (!result.success) {
    const [issue] = result.issues;
    return { ok: false, message: `${v.getDotPath(issue) ?? 'body'}: ${issue.message}` };
  }
  const { heapMb, rssMb, hangMs } = result.output.limits;
  return {
    ok: true,
    limits: {
      ...(heapMb === undefined ? {} : { heapMb }),
      ...(rssMb === undefined ? {} : { rssMb }),
      ...(hangMs === undefined ? {} : { hangMs }),
    },
  };
}

import * as v from 'valibot';
import { type Limits, perLimit } from '../../protocol/limits.ts';

const patchSchema = v.strictObject({
  limits: v.strictObject(
    perLimit(({ least, most }) =>
      v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most))),
    ),
  ),
});

/** Reads the body of `PATCH /bulkhead/compartments/:id`. */
export function parseLimitsPatch(
  body: unknown,
): { readonly ok: true; readonly limits: Partial<Limits> } | { readonly ok: false; readonly message: string } {
  const result = v.safeParse(patchSchema, body);
  if (result.success) return { ok: true, limits: result.output.limits };
  const [issue] = result.issues;
  return { ok: false, message: `${v.getDotPath(issue) ?? 'body'}: ${issue.message}` };
}

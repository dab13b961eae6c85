import * as v from 'valibot';
import { privilegePart } from '../../config/privilege.ts';
import type { Privilege } from '../../protocol/privilege.ts';
import type { Limits } from '../../protocol/limits.ts';
import { limitsPatchSchema } from './limits.ts';
import { type Policy, policyPatchSchema } from './policy.ts';

export interface CompartmentPatch {
  readonly limits: Partial<Limits>;
  readonly policy: Partial<Policy>;
  readonly privilege: Partial<Privilege>;
}

const patchSchema = v.strictObject({
  limits: v.optional(limitsPatchSchema, {}),
  policy: v.optional(policyPatchSchema, {}),
  privilege: v.optional(privilegePart, {}),
});

/** Reads the body of `PATCH /bulkhead/compartments/:id`. */
export function parsePatch(
  body: unknown,
): { readonly ok: true; readonly patch: CompartmentPatch } | { readonly ok: false; readonly message: string } {
  const result = v.safeParse(patchSchema, body);
  if (result.success) return { ok: true, patch: result.output };
  const [issue] = result.issues;
  return { ok: false, message: `${v.getDotPath(issue) ?? 'body'}: ${issue.message}` };
}

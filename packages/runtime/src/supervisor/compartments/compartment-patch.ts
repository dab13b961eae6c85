import { isRecord } from '@bulkhead/core';
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

// For valibot a list is an object with no entry of its own.
const anObject = v.custom<Record<string, unknown>>(isRecord, 'must be an object');

const patchSchema = v.pipe(
  anObject,
  v.strictObject({
    limits: v.optional(v.pipe(anObject, limitsPatchSchema), {}),
    policy: v.optional(v.pipe(anObject, policyPatchSchema), {}),
    privilege: v.optional(v.pipe(anObject, privilegePart), {}),
  }),
);

/** Reads the body of `PATCH /bulkhead/compartments/:id`. */
export function parsePatch(
  body: unknown,
): { readonly ok: true; readonly patch: CompartmentPatch } | { readonly ok: false; readonly message: string } {
  const result = v.safeParse(patchSchema, body);
  if (result.success) return { ok: true, patch: result.output };
  const [issue] = result.issues;
  return { ok: false, message: `${v.getDotPath(issue) ?? 'body'}: ${issue.message}` };
}

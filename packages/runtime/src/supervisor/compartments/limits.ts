import * as v from 'valibot';
import { perLimit } from '../../protocol/limits.ts';

/** Part of the body of `PATCH /bulkhead/compartments/:id`. */
export const limitsPatchSchema = v.strictObject(
  perLimit(({ least, most }) => v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most)))),
);

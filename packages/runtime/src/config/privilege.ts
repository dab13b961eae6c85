/** `privilege` as it stands in `bulkhead.yaml`, in a `PATCH`, and in the state file. */
import * as v from 'valibot';
import { allowances, privilegeModes } from '../protocol/privilege.ts';

const mode = v.picklist(privilegeModes, `must be one of ${privilegeModes.join(', ')}`);
const paths = v.array(
  // A comma would separate two paths in an argument of Node.js, and a NUL end the argument: no process starts with one.
  v.pipe(
    v.string('must be a list of paths'),
    v.regex(/^[^,\p{Cc}]+$/u, 'must be a path without a comma or a control character'),
  ),
  'must be a list of paths',
);
const allow = v.array(
  v.picklist(allowances, `must be one of ${allowances.join(', ')}`),
  `must be a list of ${allowances.join(', ')}`,
);

/** Any part of it. */
export const privilegePart = v.strictObject({
  mode: v.exactOptional(mode),
  read: v.exactOptional(paths),
  write: v.exactOptional(paths),
  allow: v.exactOptional(allow),
});

/** All of it. */
export const wholePrivilege = v.object({ mode, read: paths, write: paths, allow });

import { StatusCode, StatusCodes } from 'node-opcua-client';

const known = new Map<number, StatusCode>();
for (const code of Object.values(StatusCodes)) if (code instanceof StatusCode) known.set(code.value, code);

const BAD = 2;
const UNCERTAIN = 1;

/** The library's object for a status code; for one that the library does not know the one that says as much of trust. */
export function statusCodeOf(code: number): StatusCode {
  const severity = code >>> 30;
  const fallback =
    severity >= BAD ? StatusCodes.Bad : severity === UNCERTAIN ? StatusCodes.Uncertain : StatusCodes.Good;
  return known.get(code >>> 0) ?? fallback;
}

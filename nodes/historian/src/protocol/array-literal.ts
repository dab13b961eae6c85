/**
 * Array parameters as PostgreSQL text (8.15.6). Written here because the driver's own writer turns -0 into 0 and is
 * slower on arrays of thousands of numbers.
 */

/** `{1.5,NULL,-0}` for numbers and bigints. Numbers must be finite. */
export function numberArray(elements: ReadonlyArray<number | bigint | null>): string {
  return `{${elements.map((element) => (element === null ? 'NULL' : Object.is(element, -0) ? '-0' : String(element))).join(',')}}`;
}

export function booleanArray(elements: ReadonlyArray<boolean | null>): string {
  return `{${elements.map((element) => (element === null ? 'NULL' : element ? 't' : 'f')).join(',')}}`;
}

/** Every element quoted, so that no text is taken for NULL or for structure. */
export function textArray(elements: ReadonlyArray<string | null>): string {
  return `{${elements.map((element) => (element === null ? 'NULL' : `"${element.replaceAll(/["\\]/g, '\\$&')}"`)).join(',')}}`;
}

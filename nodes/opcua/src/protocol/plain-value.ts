/** A value free of the classes of any library: what a structure, an array or a matrix comes to. */
export type PlainValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly PlainValue[]
  | { readonly [field: string]: PlainValue };

export type PlainObject = { readonly [field: string]: PlainValue };

export function isPlainObject(value: PlainValue): value is PlainObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isPlainArray(value: PlainValue): value is readonly PlainValue[] {
  return Array.isArray(value);
}

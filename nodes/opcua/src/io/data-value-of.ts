import { DataValue, type Variant } from 'node-opcua-client';

/**
 * A data value with just this variant. Given to the constructor it would be copied, and a structure that the library does not
 * know is empty in the copy (2.186).
 */
export function dataValueOf(variant: Variant, rest: ConstructorParameters<typeof DataValue>[0] = {}): DataValue {
  const made = new DataValue(rest);
  made.value = variant;
  return made;
}

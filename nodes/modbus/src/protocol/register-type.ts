/** The four tables of a Modbus device (Modbus application protocol 1.1b3, clause 4.3). */
export const AREAS = ['coil', 'discrete', 'input', 'holding'] as const;
export type Area = (typeof AREAS)[number];

export const REGISTER_TYPES = [
  'bool',
  'int16',
  'uint16',
  'int32',
  'uint32',
  'int64',
  'uint64',
  'float32',
  'float64',
] as const;
export type RegisterType = (typeof REGISTER_TYPES)[number];

/** Order of the bytes of a value as the device sends them; ABCD is what the specification asks for. */
export const BYTE_ORDERS = ['ABCD', 'CDAB', 'BADC', 'DCBA'] as const;
export type ByteOrder = (typeof BYTE_ORDERS)[number];

/** Coils and discrete inputs are single bits, the others 16-bit registers. */
export function isBitArea(area: Area): boolean {
  return area === 'coil' || area === 'discrete';
}

const REGISTER_COUNTS: Record<RegisterType, number> = {
  bool: 1,
  int16: 1,
  uint16: 1,
  int32: 2,
  uint32: 2,
  float32: 2,
  int64: 4,
  uint64: 4,
  float64: 4,
};

/** Registers (or bits, in a bit area) that a value of this type takes. */
export function sizeOf(type: RegisterType): number {
  return REGISTER_COUNTS[type];
}

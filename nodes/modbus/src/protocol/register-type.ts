/** The four tables of a Modbus device (Modbus application protocol 1.1b3, clause 4.3). */
export const AREAS = ['coil', 'discrete', 'input', 'holding'] as const;
export type Area = (typeof AREAS)[number];

export const REGISTER_TYPES = [
  'bool',
  'int8',
  'uint8',
  'int16',
  'uint16',
  'int32',
  'uint32',
  'int64',
  'uint64',
  'float16',
  'float32',
  'float64',
  'bcd16',
  'bcd32',
  'utf8',
  'latin1',
] as const;
export type RegisterType = (typeof REGISTER_TYPES)[number];

/** Order of the bytes of a value as the device sends them; ABCD is what the specification asks for. */
export const BYTE_ORDERS = ['ABCD', 'CDAB', 'BADC', 'DCBA'] as const;
export type ByteOrder = (typeof BYTE_ORDERS)[number];

/** Coils and discrete inputs are single bits, the others 16-bit registers. */
export function isBitArea(area: Area): boolean {
  return area === 'coil' || area === 'discrete';
}

export function isTextType(type: RegisterType): type is 'utf8' | 'latin1' {
  return type === 'utf8' || type === 'latin1';
}

const REGISTER_COUNTS: Record<Exclude<RegisterType, 'utf8' | 'latin1'>, number> = {
  bool: 1,
  int8: 1,
  uint8: 1,
  int16: 1,
  uint16: 1,
  float16: 1,
  bcd16: 1,
  int32: 2,
  uint32: 2,
  float32: 2,
  bcd32: 2,
  int64: 4,
  uint64: 4,
  float64: 4,
};

/** Registers (or bits, in a bit area) that a value of this type takes; a text takes two bytes a register. */
export function sizeOf(type: RegisterType, textBytes = 0): number {
  return isTextType(type) ? Math.ceil(textBytes / 2) : REGISTER_COUNTS[type];
}

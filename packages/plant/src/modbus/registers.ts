import type { RegisterTag, RegisterType } from '../catalogue.ts';

export const wordsOf: Readonly<Record<RegisterType, number>> = {
  uint16: 1,
  int16: 1,
  uint32: 2,
  float32: 2,
  uint64: 4,
  float64: 4,
};

/** Writes `value` (in engineering units) into the registers of `tag`; whole numbers are rounded, the value must fit. */
export function writeRegisters(registers: Uint16Array, tag: RegisterTag, value: number, offset = tag.address): void {
  const words = wordsOf[tag.type];
  const view = new DataView(new ArrayBuffer(words * 2));
  const raw = value / tag.scale;
  switch (tag.type) {
    case 'uint16':
      view.setUint16(0, Math.round(raw));
      break;
    case 'int16':
      view.setInt16(0, Math.round(raw));
      break;
    case 'uint32':
      view.setUint32(0, Math.round(raw));
      break;
    case 'uint64':
      view.setBigUint64(0, BigInt(Math.round(raw)));
      break;
    case 'float32':
      view.setFloat32(0, raw);
      break;
    case 'float64':
      view.setFloat64(0, raw);
      break;
  }
  for (let word = 0; word < words; word += 1) {
    const place = tag.byteOrder === 'ABCD' ? word : words - 1 - word;
    registers[offset + place] = view.getUint16(word * 2);
  }
}

/** The value of `tag` in engineering units, exactly as the registers hold it. NaN is null, as in JSON. */
export function readRegisters(registers: ArrayLike<number>, tag: RegisterTag, offset = tag.address): number | null {
  const words = wordsOf[tag.type];
  const view = new DataView(new ArrayBuffer(words * 2));
  for (let word = 0; word < words; word += 1) {
    const place = tag.byteOrder === 'ABCD' ? word : words - 1 - word;
    view.setUint16(word * 2, registers[offset + place] ?? 0);
  }
  const raw = rawValue(view, tag.type);
  return Number.isNaN(raw) ? null : raw * tag.scale;
}

function rawValue(view: DataView, type: RegisterType): number {
  switch (type) {
    case 'uint16':
      return view.getUint16(0);
    case 'int16':
      return view.getInt16(0);
    case 'uint32':
      return view.getUint32(0);
    case 'uint64':
      return Number(view.getBigUint64(0));
    case 'float32':
      return view.getFloat32(0);
    case 'float64':
      return view.getFloat64(0);
  }
}

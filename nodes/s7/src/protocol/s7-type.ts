/** Bytes that a value takes; STRING and WSTRING have a length of their own. */
const SIZES = {
  BOOL: 1,
  BYTE: 1,
  WORD: 2,
  DWORD: 4,
  LWORD: 8,
  SINT: 1,
  USINT: 1,
  INT: 2,
  UINT: 2,
  DINT: 4,
  UDINT: 4,
  LINT: 8,
  ULINT: 8,
  REAL: 4,
  LREAL: 8,
  CHAR: 1,
  WCHAR: 2,
  S5TIME: 2,
  TIME: 4,
  LTIME: 8,
  DATE: 2,
  TOD: 4,
  LTOD: 8,
  DT: 8,
  LDT: 8,
  DTL: 12,
  COUNTER: 2,
  TIMER: 2,
} as const;

export type FixedType = keyof typeof SIZES;
export type TextType = 'STRING' | 'WSTRING';

/** One value; `length` is the most characters that a text may hold. */
export type Scalar = { type: FixedType } | { type: TextType; length: number };

/** What else the types are called: in nodes7, in TIA Portal's long form, and in STEP 7's German form. */
const ALIASES: Readonly<Record<string, FixedType | TextType>> = {
  X: 'BOOL',
  B: 'BYTE',
  W: 'WORD',
  D: 'DWORD',
  DW: 'DWORD',
  I: 'INT',
  DI: 'DINT',
  R: 'REAL',
  LR: 'LREAL',
  C: 'CHAR',
  S: 'STRING',
  DATE_AND_TIME: 'DT',
  TIME_OF_DAY: 'TOD',
  LTIME_OF_DAY: 'LTOD',
  DATE_AND_LTIME: 'LDT',
};

export const FIXED_TYPES: readonly FixedType[] = [
  'BOOL',
  'BYTE',
  'WORD',
  'DWORD',
  'LWORD',
  'SINT',
  'USINT',
  'INT',
  'UINT',
  'DINT',
  'UDINT',
  'LINT',
  'ULINT',
  'REAL',
  'LREAL',
  'CHAR',
  'WCHAR',
  'S5TIME',
  'TIME',
  'LTIME',
  'DATE',
  'TOD',
  'LTOD',
  'DT',
  'LDT',
  'DTL',
  'COUNTER',
  'TIMER',
];

/** What a declaration without brackets means. */
const DEFAULT_TEXT_LENGTH = 254;
const LONGEST: Record<TextType, number> = { STRING: 254, WSTRING: 16_382 };

export type TypeName = FixedType | TextType;

/** The type of that name or alias, in any case. */
export function typeNamed(name: string): TypeName | undefined {
  const upper = name.toUpperCase();
  if (upper === 'STRING' || upper === 'WSTRING') return upper;
  return FIXED_TYPES.find((type) => type === upper) ?? (Object.hasOwn(ALIASES, upper) ? ALIASES[upper] : undefined);
}

/** A value of that type, or nothing when a text of that length cannot be. */
export function scalarOf(type: TypeName, length = DEFAULT_TEXT_LENGTH): Scalar | undefined {
  if (type !== 'STRING' && type !== 'WSTRING') return { type };
  return Number.isInteger(length) && length >= 1 && length <= LONGEST[type] ? { type, length } : undefined;
}

/** Bytes that the value takes. A text begins with its largest and its present length. */
export function sizeOf(scalar: Scalar): number {
  switch (scalar.type) {
    case 'STRING':
      return 2 + scalar.length;
    case 'WSTRING':
      return 4 + 2 * scalar.length;
    default:
      return SIZES[scalar.type];
  }
}

/** As people write it, e.g. `REAL` or `STRING[20]`. */
export function scalarText(scalar: Scalar): string {
  return 'length' in scalar ? `${scalar.type}[${scalar.length}]` : scalar.type;
}

/** Values that scale and offset, deadband and limits make sense for. */
export function isNumeric({ type }: Scalar): boolean {
  switch (type) {
    case 'BOOL':
    case 'CHAR':
    case 'WCHAR':
    case 'STRING':
    case 'WSTRING':
    case 'DATE':
    case 'DT':
    case 'LDT':
    case 'DTL':
      return false;
    default:
      return true;
  }
}

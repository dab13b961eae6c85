import type { ValueType, WireValue } from '../protocol/encode.ts';
import type { RawValue } from '../protocol/raw-value.ts';
import type { TypeLookup } from '../protocol/structure-type.ts';

export interface Argument {
  name: string;
  type: ValueType;
}

/** What the server says of a method. */
export interface Method {
  inputs: readonly Argument[];
  outputs: readonly Argument[];
  types: TypeLookup;
}

export interface MethodRef {
  objectId: string;
  methodId: string;
}

/** The server's word on a call; names are those of its status codes. */
export interface CallAnswer {
  code: number;
  name: string;
  /** One for each input argument, or none. */
  inputs: ReadonlyArray<{ code: number; name: string }>;
  outputs: readonly RawValue[];
}

/** What calling needs of a server. Both reject when there is no connection, or it is lost meanwhile. */
export interface CallServices {
  describeMethod(ref: MethodRef): Promise<Method>;
  call(ref: MethodRef, inputs: readonly WireValue[]): Promise<CallAnswer>;
}

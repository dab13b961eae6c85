/** What S7 messages begin with. */
const PROTOCOL = 0x32;
const JOB = 1;
const ACK = 2;
const ACK_DATA = 3;
const USER_DATA = 7;
/** Of a request, and of an answer that also carries an error. */
const HEAD = 10;
const REPLY_HEAD = 12;

export interface Message {
  /** The number of the request that it answers. */
  reference: number;
  /** Class and code, 0 when all is well. */
  error: number;
  parameters: Buffer;
  data: Buffer;
}

export type ParsedMessage = { ok: true; message: Message } | { ok: false; reason: string };

/** A request, still without its number. */
export interface Request {
  kind: 'job' | 'user-data';
  parameters: Buffer;
  data: Buffer;
}

export function job(parameters: Buffer, data: Buffer = Buffer.alloc(0)): Request {
  return { kind: 'job', parameters, data };
}

export function requestBytes({ kind, parameters, data }: Request, reference: number): Buffer {
  const bytes = Buffer.alloc(HEAD + parameters.length + data.length);
  bytes[0] = PROTOCOL;
  bytes[1] = kind === 'job' ? JOB : USER_DATA;
  bytes.writeUInt16BE(reference, 4);
  bytes.writeUInt16BE(parameters.length, 6);
  bytes.writeUInt16BE(data.length, 8);
  parameters.copy(bytes, HEAD);
  data.copy(bytes, HEAD + parameters.length);
  return bytes;
}

/** Reads an answer; its lengths must add up to the byte. */
export function parseMessage(bytes: Buffer): ParsedMessage {
  if (bytes.length < HEAD || bytes[0] !== PROTOCOL) return { ok: false, reason: 'no S7 message' };
  const kind = bytes[1];
  const isReply = kind === ACK || kind === ACK_DATA;
  if (!isReply && kind !== USER_DATA) return { ok: false, reason: `an S7 message of kind ${kind}` };
  const head = isReply ? REPLY_HEAD : HEAD;
  if (bytes.length < head) return { ok: false, reason: 'an S7 head that ends early' };
  const parameters = bytes.readUInt16BE(6);
  const data = bytes.readUInt16BE(8);
  if (bytes.length !== head + parameters + data) {
    return { ok: false, reason: `${bytes.length} bytes where the head says ${head + parameters + data}` };
  }
  return {
    ok: true,
    message: {
      reference: bytes.readUInt16BE(4),
      error: isReply ? bytes.readUInt16BE(10) : 0,
      parameters: bytes.subarray(head, head + parameters),
      data: bytes.subarray(head + parameters),
    },
  };
}

export interface Agreement {
  /** Bytes of the largest message, without its frame. */
  pduBytes: number;
  /** Requests that the PLC works on at a time. */
  parallel: number;
}

const SETUP = 0xf0;
/** Smaller ones no PLC of the family agrees to, and not one value would fit. */
const SMALLEST_PDU = 112;

export function setupRequest({ pduBytes, parallel }: Agreement): Request {
  const parameters = Buffer.from([SETUP, 0, 0, 0, 0, 0, 0, 0]);
  parameters.writeUInt16BE(parallel, 2);
  parameters.writeUInt16BE(parallel, 4);
  parameters.writeUInt16BE(pduBytes, 6);
  return job(parameters);
}

/** What the PLC agreed to, never more than what was asked for. */
export function parseSetup({ error, parameters }: Message, asked: Agreement): Agreement | string {
  if (error !== 0) return `the PLC refuses to agree on a message size: ${errorText(error)}`;
  if (parameters.length !== 8 || parameters[0] !== SETUP)
    return 'the PLC answers with something else than a message size';
  const pduBytes = Math.min(asked.pduBytes, parameters.readUInt16BE(6));
  if (pduBytes < SMALLEST_PDU) return `the PLC offers messages of only ${pduBytes} bytes`;
  const offered = Math.min(parameters.readUInt16BE(2), parameters.readUInt16BE(4));
  return { pduBytes, parallel: Math.max(1, Math.min(asked.parallel, offered)) };
}

/** PUT/GET is switched off in the PLC, or its protection level forbids it. */
const ACCESS_DENIED = 0x8104;

const ERRORS: Readonly<Record<number, string>> = {
  0x8101: 'an application error of the PLC',
  0x8104:
    'the PLC does not permit access: in TIA Portal tick "Permit access with PUT/GET communication from remote partner" (Protection & Security, Connection mechanisms), and lower the protection level',
  0x8204: 'the PLC is short of resources',
  0x8304: 'the service is not known',
  0x8404: 'the PLC is in no state for this',
  0x8500: 'the message is too large for the PLC',
  0x8701: 'the PLC found the request to be invalid',
  0xd241: 'the block is protected',
  0xd602: 'a password is asked for',
};

export function errorText(error: number): string {
  return ERRORS[error] ?? `error 0x${error.toString(16).padStart(4, '0')}`;
}

export function isAccessDenied(error: number): boolean {
  return error === ACCESS_DENIED;
}

import type modbus from 'modbus-serial';
import type { Reply, Request } from '../protocol/request.ts';

export type Client = InstanceType<typeof modbus.default>;

/** What the library gives for an answer; a write is answered with its own address and value, or how many. */
interface Answer {
  data?: readonly (number | boolean)[];
  address?: number;
  value?: number;
  length?: number;
  andMask?: number;
  orMask?: number;
}
type Answered = (error: Error | null, answer?: Answer) => void;

/** Has the library make the request and read its answer. `onReply` is called once, or never when nothing answers. */
export function sendRequest(client: Client, unit: number, request: Request, onReply: (reply: Reply) => void): void {
  ask(client, unit, request, (error, answer) => {
    onReply(error === null ? replyOf(request, answer) : failureOf(error));
  });
}

function ask(client: Client, unit: number, request: Request, next: Answered): void {
  switch (request.kind) {
    case 'read':
      return read(client, unit, request, next);
    case 'write-coils': {
      const [first] = request.values;
      if (request.values.length === 1 && !request.many && first !== undefined)
        return writeCoil(client, unit, request.address, first, next);
      return client.writeFC15(unit, request.address, [...request.values], next);
    }
    case 'write-registers': {
      const [first] = request.words;
      if (request.words.length === 1 && !request.many && first !== undefined)
        return client.writeFC6(unit, request.address, first, next);
      return client.writeFC16(unit, request.address, [...request.words], next);
    }
    case 'mask-register':
      // Result = (present AND and-mask) OR (or-mask AND NOT and-mask), clause 6.16.
      return client.writeFC22(unit, request.address, ~request.mask & 0xffff, request.word & request.mask, next);
    case 'write-and-read': {
      const { readAddress, readCount, address, words } = request;
      return client.writeFC23(unit, readAddress, readCount, address, words.length, [...words], next);
    }
  }
}

/**
 * The library takes every word but 0xff00 for an acknowledged "off", so the answer itself is looked at. It gives that along
 * with what it makes of it where a request is made in its debug mode.
 */
function writeCoil(client: Client, unit: number, address: number, isOn: boolean, next: Answered): void {
  Reflect.set(client, 'isDebugEnabled', true);
  client.writeFC5(unit, address, isOn, (error, answer?: Answer) => next(error, withEcho(answer)));
  Reflect.set(client, 'isDebugEnabled', false);
}

function withEcho(answer: Answer | undefined): Answer | undefined {
  const responses: unknown = answer && Reflect.get(answer, 'responses');
  const frame: unknown = Array.isArray(responses) ? responses[0] : undefined;
  return frame instanceof Buffer ? { ...answer, value: frame.readUInt16BE(4) } : undefined;
}

function read(client: Client, unit: number, request: Request & { kind: 'read' }, next: Answered): void {
  const { area, address, count } = request;
  switch (area) {
    case 'coil':
      return client.writeFC1(unit, address, count, next);
    case 'discrete':
      return client.writeFC2(unit, address, count, next);
    case 'holding':
      return client.writeFC3(unit, address, count, next);
    case 'input':
      return client.writeFC4(unit, address, count, next);
  }
}

function replyOf(request: Request, answer: Answer | undefined): Reply {
  switch (request.kind) {
    case 'read':
      return valuesOf(answer, request.count);
    case 'write-and-read':
      return valuesOf(answer, request.readCount);
    case 'write-coils':
      return acknowledged(request.address, answer, echoOf(request.values.map(coilWord), request.many));
    case 'write-registers':
      return acknowledged(request.address, answer, echoOf(request.words, request.many));
    case 'mask-register':
      return acknowledged(request.address, answer, {
        andMask: ~request.mask & 0xffff,
        orMask: request.word & request.mask,
      });
  }
}

function valuesOf(answer: Answer | undefined, count: number): Reply {
  const data = answer?.data ?? [];
  // Registers are taken as they are; bits come as booleans, padded to whole bytes.
  if (areNumbers(data))
    return data.length === count ? { kind: 'values', values: data } : wrongCount(data.length, count);
  // The library believes the answer's count of bytes, also one beyond what came.
  if (Math.ceil(data.length / 8) !== Math.ceil(count / 8)) return wrongCount(data.length, count);
  return { kind: 'values', values: data.slice(0, count).map(Number) };
}

function wrongCount(came: number, count: number): Reply {
  return { kind: 'garbled', reason: `${came} values instead of ${count}` };
}

function areNumbers(values: readonly (number | boolean)[]): values is readonly number[] {
  return values.every((value) => typeof value === 'number');
}

/** What function 5 writes for a coil (clause 6.5). */
const coilWord = (isOn: boolean): number => (isOn ? 0xff00 : 0);

function echoOf(words: readonly number[], many: boolean): Answer {
  const [first] = words;
  return words.length > 1 || many || first === undefined ? { length: words.length } : { value: first };
}

/** A device repeats what it was told; another answer means that something else was written, or elsewhere. */
function acknowledged(address: number, answer: Answer | undefined, echo: Answer): Reply {
  for (const [name, sent] of Object.entries({ address, ...echo })) {
    const got: unknown = answer === undefined ? undefined : Reflect.get(answer, name);
    if (got !== sent)
      return { kind: 'garbled', reason: `the answer repeats ${name} ${String(got)} instead of ${String(sent)}` };
  }
  return { kind: 'done' };
}

function failureOf(error: Error): Reply {
  if ('modbusCode' in error && typeof error.modbusCode === 'number') {
    return { kind: 'exception', code: error.modbusCode };
  }
  return { kind: 'garbled', reason: error.message };
}

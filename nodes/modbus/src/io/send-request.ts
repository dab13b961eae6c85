import type modbus from 'modbus-serial';
import type { Reply, Request } from '../protocol/request.ts';

export type Client = InstanceType<typeof modbus.default>;

/** What the library gives for an answer; a write is answered with its own address and value, or how many. */
interface Answer {
  data?: readonly (number | boolean)[];
  address?: number;
  state?: boolean;
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
        return client.writeFC5(unit, request.address, first, next);
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
      return acknowledged(request.address, answer, echoOf(request.values, request.many, 'state'));
    case 'write-registers':
      return acknowledged(request.address, answer, echoOf(request.words, request.many, 'value'));
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

function echoOf(values: readonly (number | boolean)[], many: boolean, single: 'state' | 'value'): Answer {
  if (values.length > 1 || many) return { length: values.length };
  return { [single]: values[0] };
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

import { ServerTCP } from 'modbus-serial';
import { freePort } from './free-port.ts';

export interface ModbusDevice {
  readonly port: number;
  readonly registers: Uint16Array;
  readonly bits: boolean[];
  /** Addresses that the device refuses with exception 2. */
  readonly missing: Set<number>;
  /** Units that do not answer, as a gateway has them whose device is switched off. */
  readonly silent: Set<number>;
  /** Requests for registers that were answered: first address and length, in order. */
  readonly requests: Array<{ address: number; length: number; unit: number }>;
  /** What the registers held when each request was answered. */
  onRead?: () => void;
  close(): Promise<void>;
}

const never = new Promise<number[]>(() => {});

/** A Modbus TCP device of `modbus-serial`, an implementation that the palette does not use. */
export async function createModbusDevice(): Promise<ModbusDevice> {
  const port = await freePort();
  const registers = new Uint16Array(65_536);
  const bits: boolean[] = [];
  const missing = new Set<number>();
  const silent = new Set<number>();
  const requests: ModbusDevice['requests'] = [];
  return new Promise((resolve, reject) => {
    const read = (address: number, length: number, unit: number): number[] | Promise<number[]> => {
      if (silent.has(unit)) return never;
      for (let at = address; at < address + length; at += 1) {
        if (missing.has(at)) throw Object.assign(new Error('illegal data address'), { modbusErrorCode: 2 });
      }
      device.onRead?.();
      requests.push({ address, length, unit });
      return [...registers.subarray(address, address + length)];
    };
    const readOne = async (address: number, unit: number): Promise<number> => (await read(address, 1, unit))[0] ?? 0;
    const server = new ServerTCP(
      {
        // The server asks for one register by another name.
        getHoldingRegister: readOne,
        getInputRegister: readOne,
        getMultipleHoldingRegisters: read,
        getMultipleInputRegisters: read,
        getCoil: (address: number) => bits[address] === true,
        getDiscreteInput: (address: number) => bits[address] === true,
      },
      { host: '127.0.0.1', port, unitID: 255 },
    );
    const device: { -readonly [Key in keyof ModbusDevice]: ModbusDevice[Key] } = {
      port,
      registers,
      bits,
      missing,
      silent,
      requests,
      close: () => new Promise((done) => server.close(() => done())),
    };
    server.on('serverError', reject);
    server.on('socketError', () => undefined);
    server.on('error', () => undefined);
    server.on('initialized', () => resolve(device));
  });
}

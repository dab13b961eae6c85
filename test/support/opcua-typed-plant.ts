import path from 'node:path';
import {
  type AddressSpace,
  DataType,
  type ExtensionObject,
  nodesets,
  OPCUAServer,
  type UAVariable,
  Variant,
  VariantArrayType,
} from 'node-opcua';
import { freePort } from './free-port.ts';
import { testCertificates } from './opcua-plant.ts';

export interface TypedPlant {
  readonly port: number;
  readonly endpoint: string;
  readonly addressSpace: AddressSpace;
  /** Node id of a variable. */
  nodeId(name: string): string;
  set(name: string, value: unknown): void;
  value(name: string): unknown;
  /** A value of one of the types in `opcua-types.xml`. */
  make(type: string, fields: object): ExtensionObject;
  close(): Promise<void>;
}

export interface TypedPlantOptions {
  port?: number;
  /** Adds to the address space before the server starts. */
  more?(addressSpace: AddressSpace): void;
}

interface Wanted {
  dataType: DataType;
  /** Where it is more than the built-in one. */
  typeName?: string;
  valueRank?: number;
  dimensions?: number[];
  range?: { low: number; high: number };
  value: unknown;
}

const typesFile = path.resolve(import.meta.dirname, '../fixtures/opcua-types.xml');

/** A node-opcua server with variables of many types, among them structures, unions and enumerations of its own. */
export async function createTypedPlant({ port, more }: TypedPlantOptions = {}): Promise<TypedPlant> {
  const ownPort = port ?? (await freePort());
  const server = new OPCUAServer({
    port: ownPort,
    hostname: '127.0.0.1',
    host: '127.0.0.1',
    serverCertificateManager: testCertificates(),
    nodeset_filename: [nodesets.standard, typesFile],
    serverCapabilities: { minSupportedSampleRate: 0, maxSessions: 50, maxSubscriptions: 500 },
  });
  await server.initialize();
  const { addressSpace } = server.engine;
  if (addressSpace === null) throw new Error('no address space');
  const namespace = addressSpace.getOwnNamespace();
  const typeIndex = addressSpace.getNamespaceIndex('urn:bulkhead:test-types');
  const typeOf = (name: string) => {
    const found = addressSpace.findDataType(name, typeIndex);
    if (found === null) throw new Error(`no type ${name}`);
    return found;
  };
  const make = (type: string, fields: object): ExtensionObject =>
    addressSpace.constructExtensionObject(typeOf(type), { ...fields });
  const point = { x: 1.5, y: [0x200000, 1] };
  const wanted: Record<string, Wanted> = {
    state: { dataType: DataType.Int32, typeName: 'MachineState', value: 2 },
    machine: {
      dataType: DataType.ExtensionObject,
      typeName: 'Machine',
      value: make('Machine', { name: 'Filler', state: 2, at: point, counts: [7, 65_535], cycle: 12.5 }),
    },
    order: { dataType: DataType.ExtensionObject, typeName: 'Order', value: make('Order', { id: 4, note: 'rush' }) },
    choice: { dataType: DataType.ExtensionObject, typeName: 'Choice', value: make('Choice', { text: 'x' }) },
    points: { dataType: DataType.ExtensionObject, typeName: 'Point', valueRank: 1, value: [make('Point', point)] },
    grid: {
      dataType: DataType.Double,
      valueRank: 2,
      dimensions: [2, 3],
      value: [1, 2, 3, 4, 5, 6],
    },
    levels: { dataType: DataType.Int16, valueRank: 1, dimensions: [5], value: [10, 11, 12, 13, 14] },
    names: { dataType: DataType.String, valueRank: 1, dimensions: [2], value: ['a', 'b'] },
    nan: { dataType: DataType.Double, value: Number.NaN },
    wide: { dataType: DataType.Int64, value: [0, 5] },
    small: { dataType: DataType.Int16, value: 5 },
    float: { dataType: DataType.Float, value: 0.5 },
    text: { dataType: DataType.LocalizedText, value: { text: 'Pumpe', locale: 'de' } },
    blob: { dataType: DataType.ByteString, value: Buffer.from([1, 2]) },
    time: { dataType: DataType.DateTime, value: new Date(1_700_000_000_000) },
    flag: { dataType: DataType.Boolean, value: false },
    label: { dataType: DataType.String, value: 'x' },
    analog: { dataType: DataType.Double, range: { low: 0, high: 200 }, value: 100 },
  };
  const variables = new Map<string, UAVariable>();
  const variantOf = ({ dataType, valueRank = -1, dimensions }: Wanted, value: unknown): Variant =>
    new Variant({
      dataType,
      value,
      arrayType: [VariantArrayType.Scalar, VariantArrayType.Array][Math.max(0, valueRank)] ?? VariantArrayType.Matrix,
      ...(valueRank > 1 && dimensions !== undefined ? { dimensions } : {}),
    });
  for (const [name, own] of Object.entries(wanted)) {
    const { typeName, dataType, valueRank = -1, dimensions, range } = own;
    const options = {
      organizedBy: addressSpace.rootFolder.objects,
      browseName: name,
      nodeId: `s=${name}`,
      dataType: typeName === undefined ? dataType : typeOf(typeName).nodeId,
      valueRank,
      minimumSamplingInterval: 0,
      ...(dimensions === undefined ? {} : { arrayDimensions: dimensions }),
    };
    const variable =
      range === undefined
        ? namespace.addVariable(options)
        : namespace.addAnalogDataItem({ ...options, engineeringUnitsRange: range });
    variable.setValueFromSource(variantOf(own, own.value));
    variables.set(name, variable);
  }
  const known = (name: string): UAVariable => {
    const variable = variables.get(name);
    if (variable === undefined) throw new Error(`no variable ${name}`);
    return variable;
  };
  more?.(addressSpace);
  await server.start();
  return {
    port: ownPort,
    endpoint: `opc.tcp://127.0.0.1:${ownPort}`,
    addressSpace,
    nodeId: (name) => `ns=1;s=${name}`,
    set(name, value) {
      const own = wanted[name];
      if (own === undefined) throw new Error(`no variable ${name}`);
      known(name).setValueFromSource(variantOf(own, value));
    },
    value(name) {
      const held: unknown = known(name).readValue().value.value;
      return held;
    },
    make,
    close: () => server.shutdown(0),
  };
}

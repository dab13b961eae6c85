import modbus from 'modbus-serial';

/** A client of an implementation that neither the plant nor the palette uses. */
export type ModbusClient = InstanceType<typeof modbus.default>;

export async function connectModbus(port: number): Promise<ModbusClient> {
  const client = new modbus.default();
  await client.connectTCP('127.0.0.1', { port });
  client.setID(1);
  client.setTimeout(3000);
  return client;
}

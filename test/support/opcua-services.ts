import { type AddressSpace, DataType, type Namespace, StatusCodes, Variant } from 'node-opcua';

/** The time of the first of ten values that `kept` remembers, a second apart. */
export const historyStart = 1_700_000_000_000;

/**
 * A method that doubles a number, two values, an alarm that is active, and a variable with a history, below a tank; gives
 * how to raise an event, and to give the variable a value.
 */
export function addServices(
  addressSpace: AddressSpace,
  namespace: Namespace = addressSpace.getOwnNamespace(),
): { raise(): void; remember(value: number, time: Date): void } {
  addressSpace.installAlarmsAndConditionsService();
  const { objects } = addressSpace.rootFolder;
  const tank = namespace.addObject({
    organizedBy: objects,
    browseName: 'Tank',
    nodeId: 's=Tank',
    eventSourceOf: objects.server,
  });
  const double = namespace.addMethod(tank, {
    browseName: 'Double',
    nodeId: 's=Tank.Double',
    inputArguments: [{ name: 'Number', dataType: DataType.Double }],
    outputArguments: [{ name: 'Doubled', dataType: DataType.Double }],
  });
  double.bindMethod((inputs, _context, answer) => {
    const value = 2 * Number(inputs[0]?.value);
    const outputArguments = [new Variant({ dataType: DataType.Double, value })];
    answer(null, { statusCode: StatusCodes.Good, outputArguments });
  });
  const addValue = (name: string, dataType: DataType, value: unknown): void => {
    const options = { componentOf: tank, browseName: name, nodeId: `s=Tank.${name}`, dataType };
    namespace.addVariable(options).setValueFromSource({ dataType, value });
  };
  addValue('Label', DataType.String, 'x');
  addValue('Temperature', DataType.Double, 21.5);
  const level = namespace.addVariable({ componentOf: tank, browseName: 'Level', dataType: DataType.Double });
  namespace.instantiateNonExclusiveLimitAlarm('NonExclusiveLimitAlarmType', {
    browseName: 'LevelAlarm',
    conditionSource: tank,
    inputNode: level,
    highLimit: 80,
    lowLimit: -80,
  });
  level.setValueFromSource({ dataType: DataType.Double, value: 90 });
  const kept = namespace.addVariable({
    organizedBy: objects,
    browseName: 'kept',
    nodeId: 's=kept',
    dataType: DataType.Double,
  });
  addressSpace.installHistoricalDataNode(kept, { maxOnlineValues: 100 });
  const remember = (value: number, time: Date): void =>
    kept.setValueFromSource({ dataType: DataType.Double, value }, StatusCodes.Good, time);
  for (let at = 0; at < 10; at += 1) {
    remember(at, new Date(historyStart + at * 1_000));
  }
  const message = new Variant({ dataType: DataType.LocalizedText, value: { text: 'batch' } });
  return { raise: () => tank.raiseEvent('BaseEventType', { message }), remember };
}

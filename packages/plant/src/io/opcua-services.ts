import {
  type AddressSpace,
  DataType,
  type Namespace,
  StatusCodes,
  type UAObject,
  type UAVariable,
  Variant,
} from 'node-opcua';

/** Values that the server remembers of a tag: 40 minutes of the level. */
const kept = 10_000;
const litresOfTank = 5_000;
/** In percent. */
const limits = { low: 30, high: 70 } as const;

/** What OPC UA servers offer besides variables: an alarm on the level, a method, a history, and setpoints to write. */
export function addServices(addressSpace: AddressSpace, tank: UAObject, level: UAVariable): void {
  addressSpace.installAlarmsAndConditionsService();
  const namespace = addressSpace.getOwnNamespace();
  addSetpoints(namespace, tank);
  addressSpace.installHistoricalDataNode(level, { maxOnlineValues: kept });
  // The library's alarm throws when a new value leaves its state as it was (2.186): it is shown one per state.
  const watched = namespace.addVariable({
    componentOf: tank,
    browseName: 'LevelWatched',
    nodeId: 's=Tank.LevelWatched',
    dataType: DataType.Double,
    description: 'What the alarm of the level goes by [%]',
  });
  let zone = '';
  level.on('value_changed', ({ value, statusCode, sourceTimestamp }) => {
    const now: unknown = value.value;
    if (typeof now !== 'number' || !statusCode.isGood()) return;
    const next = now > limits.high ? 'high' : now < limits.low ? 'low' : 'normal';
    if (next === zone) return;
    zone = next;
    watched.setValueFromSource(value, statusCode, sourceTimestamp ?? new Date());
  });
  addressSpace.rootFolder.objects.server.addReference({ referenceType: 'HasEventSource', nodeId: tank.nodeId });
  namespace.instantiateNonExclusiveLimitAlarm('NonExclusiveLimitAlarmType', {
    browseName: 'LevelAlarm',
    nodeId: 's=Tank.LevelAlarm',
    conditionSource: tank,
    inputNode: watched,
    highLimit: limits.high,
    lowLimit: limits.low,
    optionals: ['Confirm', 'ConfirmedState'],
  });
  const method = namespace.addMethod(tank, {
    browseName: 'TimeToEmpty',
    nodeId: 's=Tank.TimeToEmpty',
    inputArguments: [{ name: 'LitresPerMinute', dataType: DataType.Double, description: 'What is drawn' }],
    outputArguments: [{ name: 'Minutes', dataType: DataType.Double, description: 'Until the tank is empty' }],
  });
  method.bindMethod((inputs, _context, answer) => {
    const drawn: unknown = inputs[0]?.value;
    const percent: unknown = level.readValue().value.value;
    if (typeof drawn !== 'number' || drawn <= 0 || typeof percent !== 'number') {
      answer(null, { statusCode: StatusCodes.BadInvalidArgument, inputArgumentResults: [StatusCodes.BadOutOfRange] });
      return;
    }
    const value = (percent / 100) * (litresOfTank / drawn);
    const minutes = new Variant({ dataType: DataType.Double, value });
    answer(null, { statusCode: StatusCodes.Good, outputArguments: [minutes] });
  });
}

/** Clients may write them; the line does not follow them. */
function addSetpoints(namespace: Namespace, tank: UAObject): void {
  const add = (name: string, dataType: DataType, value: number, description: string): void => {
    namespace.addVariable({
      componentOf: tank,
      browseName: name,
      nodeId: `s=Tank.${name}`,
      dataType,
      description,
      accessLevel: 'CurrentRead | CurrentWrite',
      userAccessLevel: 'CurrentRead | CurrentWrite',
      minimumSamplingInterval: 0,
      value: { dataType, value },
    });
  };
  add('LevelSetpoint', DataType.Double, 50, 'Level to hold [%]');
  add('Recipe', DataType.UInt16, 1, 'Number of the recipe');
}

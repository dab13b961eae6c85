import { modbusDevices, statusBits } from '../catalogue.ts';
import { type Line, wrapped } from '../model/line.ts';
import { wordsOf, writeRegisters } from './registers.ts';

const labelsPerReel = 5000;
const noNumber = Number.NaN;

export type DeviceName = keyof typeof modbusDevices;

/** A device's registers at one instant, from address 0; null where a reading is not to be had (exception 4). */
export interface Snapshot {
  registers: Uint16Array;
  /** Addresses that answer with an exception now. */
  failing: ReadonlySet<number>;
}

/** Registers that a device has: others are an illegal address. */
export function registerCount(device: DeviceName): number {
  return Math.max(...modbusDevices[device].map((tag) => tag.address + wordsOf[tag.type]));
}

/** All registers of a device, from one instant of the line. `sequence` is for the read that gets this snapshot. */
export function snapshotOf(line: Line, device: DeviceName, at: number, stateSince: number, sequence: number): Snapshot {
  const registers = new Uint16Array(registerCount(device));
  const failing = new Set<number>();
  const values = device === 'capper' ? capperValues(line) : labellerValues(line);
  const machine = line.machines[device];
  const eye = line.eyes[device];
  const temperature = device === 'capper' ? line.sensors.capperTemperature : line.sensors.labellerGlue;
  const common: Record<string, number> = {
    Sequence: sequence,
    Time: at,
    State: machine.state,
    Status:
      (temperature.quality === 'bad' ? statusBits.temperatureBad : 0) | (eye.blind ? statusBits.totalCountBad : 0),
    TotalCount: wrapped(eye.reading),
    RejectCount: wrapped(machine.rejects),
    StateSince: stateSince,
  };
  for (const tag of modbusDevices[device]) {
    const value = common[tag.name] ?? values[tag.name] ?? noNumber;
    if (tag.type === 'int16' && Number.isNaN(value)) failing.add(tag.address);
    else writeRegisters(registers, tag, value);
  }
  return { registers, failing };
}

function capperValues({ sensors }: Line): Record<string, number> {
  const { capperTemperature, capperTorque } = sensors;
  return {
    Temperature: capperTemperature.quality === 'bad' ? noNumber : (capperTemperature.value ?? noNumber),
    Torque: capperTorque.value ?? noNumber,
  };
}

function labellerValues({ machines, sensors }: Line): Record<string, number> {
  const { labellerGlue } = sensors;
  return {
    LabelsLeft: labelsPerReel - (machines.labeller.total % labelsPerReel),
    GlueTemperature: labellerGlue.quality === 'bad' ? noNumber : (labellerGlue.value ?? noNumber),
  };
}

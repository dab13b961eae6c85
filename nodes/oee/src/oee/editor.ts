import type { EditorNodeProperties, EditorRED } from 'node-red';
import { oeeDefaults as defaults, oeeLimits as limits } from './defaults.ts';

declare const RED: EditorRED;

interface Properties extends EditorNodeProperties {
  version: number;
  stateTopic: string;
  runningStates: string;
  plannedStates: string;
  totalTopic: string;
  secondCounter: string;
  secondTopic: string;
  counterWidth: string;
  maxStep: number;
  idealCycleS: number;
  windowLength: number;
  windowUnit: string;
  windowOffsetMin: number;
  microStopS: number;
  graceS: number;
  closing: string;
  currentS: number;
  resultTopic: string;
}

const isVariable = (value: unknown): boolean => typeof value === 'string' && /^\$\{\w+\}$/.test(value);
const isGiven = (value: unknown): boolean => typeof value === 'string' && value.trim() !== '';

function isWithin({ min, max, whole = false }: { min: number; max: number; whole?: boolean }) {
  return (value: unknown): boolean => {
    if (isVariable(value)) return true;
    const number = Number(value);
    return value !== '' && number >= min && number <= max && (!whole || Number.isInteger(number));
  };
}

RED.nodes.registerType<Properties>('oee', {
  category: 'Bulkhead',
  color: '#c9b78f',
  icon: 'oee.svg',
  inputs: 1,
  outputs: 3,
  defaults: {
    name: { value: defaults.name },
    version: { value: defaults.version },
    stateTopic: { value: defaults.stateTopic, validate: isGiven },
    runningStates: { value: defaults.runningStates, validate: isGiven },
    plannedStates: { value: defaults.plannedStates },
    totalTopic: { value: defaults.totalTopic, validate: isGiven },
    secondCounter: { value: defaults.secondCounter },
    secondTopic: {
      value: defaults.secondTopic,
      validate(value) {
        return this.secondCounter === 'none' || isGiven(value);
      },
    },
    counterWidth: { value: defaults.counterWidth },
    maxStep: { value: defaults.maxStep, validate: isWithin(limits.maxStep) },
    idealCycleS: { value: defaults.idealCycleS, validate: isWithin(limits.idealCycleS) },
    windowLength: { value: defaults.windowLength, validate: isWithin(limits.windowLength) },
    windowUnit: { value: defaults.windowUnit },
    windowOffsetMin: { value: defaults.windowOffsetMin, validate: isWithin(limits.windowOffsetMin) },
    microStopS: { value: defaults.microStopS, validate: isWithin(limits.microStopS) },
    graceS: { value: defaults.graceS, validate: isWithin(limits.graceS) },
    closing: { value: defaults.closing },
    currentS: { value: defaults.currentS, validate: isWithin(limits.currentS) },
    resultTopic: {
      value: defaults.resultTopic,
      validate: (value) => value === '' || isVariable(value) || /^umh\.v1\.[\w-]+(\.[\w-]+)+$/.test(value),
    },
  },
  paletteLabel: 'oee',
  label() {
    return this.name || 'oee';
  },
  labelStyle() {
    return this.name ? 'node_label_italic' : '';
  },
  outputLabels(index) {
    return this._(['oee.output.window', 'oee.output.current', 'oee.output.samples'][index] ?? '');
  },
  oneditprepare() {
    const second = $('#node-input-secondCounter');
    const show = (): void => void $('.oee-second-topic').toggle(second.val() !== 'none');
    second.on('change', show);
    show();
  },
});

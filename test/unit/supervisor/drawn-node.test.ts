import { deepEqual } from 'node:assert/strict';
import { drawnNode } from '../../../packages/runtime/src/supervisor/compartments/drawn-node.ts';

describe('the node that was drawn', () => {
  const flows = [
    { id: 'tab', type: 'tab', label: 'Tab' },
    { id: 'a-b', type: 'function', z: 'tab', name: 'with a dash' },
    { id: 'outer', type: 'subflow', name: 'Outer' },
    { id: 'inner', type: 'subflow', name: 'Inner' },
    { id: 'line-4', type: 'subflow:outer', z: 'tab', name: 'Line 4' },
    { id: 'step', type: 'subflow:inner', z: 'outer', name: '' },
    { id: 'in-f', type: 'function', z: 'inner', name: 'parse' },
  ];

  it('is the one with that id', () => {
    deepEqual(drawnNode(flows, 'a-b'), { id: 'a-b', name: 'with a dash' });
  });

  it('is the one in the subflow, with the instance on the tab for its dot', () => {
    deepEqual(drawnNode(flows, 'line-4-step'), { id: 'step', name: 'subflow:inner (Line 4)', dotId: 'line-4' });
    deepEqual(drawnNode(flows, 'line-4-step-in-f'), { id: 'in-f', name: 'parse (Line 4)', dotId: 'line-4' });
  });

  it('is the instance where the rest is not known, and the id itself where nothing is', () => {
    deepEqual(drawnNode(flows, 'line-4-of-a-module'), { id: 'line-4', name: 'Line 4' });
    deepEqual(drawnNode(flows, 'gone'), { id: 'gone', name: 'gone' });
    deepEqual(drawnNode([], ''), { id: '', name: '' });
  });
});

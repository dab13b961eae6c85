import { compared, inOrder, type Manifest } from '../../support/compatibility/example.ts';

export const functionExamples: Manifest = {
  'function/change/01 - Set payload value': compared(1),
  'function/change/02 - Set any property value': compared(1),
  'function/change/03 - Set value using JSONata': compared(1),
  'function/change/04 - Set value from env var': compared(1),
  'function/change/05 - Set flow context': compared(2),
  'function/change/06 - Delete message property': compared(1),
  'function/change/07 - Move message property': compared(1),
  'function/delay/01 - Delay message': compared(2),
  'function/delay/02 - Delay message by message property': compared(4),
  'function/delay/03 - Reset or flush pending message': compared(6, {
    drive: inOrder('d5cd8991.e6d2e8', '2b8b28c7.4c8978', 'd5cd8991.e6d2e8', 'd5cd8991.e6d2e8', 3, '3a7e1bec.8bc3d4'),
  }),
  'function/delay/04 - Limit message rate': compared(10),
  'function/delay/05 - Limit message rate for each topic': compared(3),
  'function/exec/01 - Get standard output from external command': compared(2),
  'function/exec/02 - Get error output from external command': compared(2),
  'function/exec/03 - Run external command in spawn mode': compared(3, {
    drive: inOrder('2e7be550.92ddfa', 2, 'd5a990ce.c660b'),
  }),
  'function/function/01 - Send message to output port': compared(1),
  'function/function/02 - Send multiple messages': compared(4),
  'function/function/03 - Send messages asynchronously': compared(1),
  'function/function/04 - Logging events': compared(3, { normalisers: ['times'] }),
  'function/function/05 - Handling errors': compared(1, { normalisers: ['times', 'stacks'] }),
  'function/function/06 - Storing data in context': compared(1),
  'function/function/07 - Showing status information': compared(3, {
    async drive({ press, shows }) {
      await press('ce0b7cca.34817');
      await shows('a4a6c205.8afd4', 'disconnected');
      await press('9f29ae74.8dd11');
      await shows('a4a6c205.8afd4', 'connected');
      await press('83fc1404.ec0b98');
      await shows('a4a6c205.8afd4', 'Just text status');
      await press('517a869c.0ceab8');
    },
  }),
  'function/function/08 - Using external modules': compared(1, { normalisers: ['times', 'stacks'] }),
  'function/function/09 - Setup and close': compared(1),
  'function/function/10 - Asynchronous setup': compared(2),
  'function/range/01 - Scale input value': compared(3),
  'function/range/02 - Scale input and round to integer': compared(3),
  'function/range/03 - Limit input': compared(3),
  'function/range/04 - Scale and wrap input': compared(3),
  'function/switch/01 - Select output port': compared(3),
  'function/switch/02 - Check all rules': compared(4),
  'function/switch/03 - Stop after first match': compared(3),
  'function/switch/04 - Select output port by type': compared(2),
  'function/switch/05 - Use JSONata for switch rule': compared(2),
  'function/switch/06 - Use JSONata for switch value': compared(2),
  'function/switch/07 - Recreate message sequence': compared(2),
  'function/switch/08 - Route message based on properties': compared(3),
  'function/switch/09 - Route message based on context value': compared(3, {
    normalisers: ['times'],
    drive: inOrder(
      ...['20591916.597ac6', 'fd7378.4448ec88', '22bf9e89.7f55f2', 'fd7378.4448ec88'],
      ...['c2e46f80.42ee5', 'fd7378.4448ec88', 'ff766a3e.5c5fe8', 'fd7378.4448ec88'],
    ),
  }),
  'function/template/01 - Use mustache syntax': compared(1),
  'function/template/02 - Parse result as JSON': compared(1),
  'function/template/03 - Parse result as YAML': compared(1),
  'function/trigger/01 - Outputs two value with interval': compared(2),
  'function/trigger/02 - Trigger a flow if message is not received after defined time': compared(2, {
    normalisers: ['times'],
  }),
  'function/trigger/03 - Send placeholder message when a stream stops sending': compared(3, {
    endless: true,
    normalisers: ['times'],
  }),
  'function/trigger/04 - Timeout processing using trigger node': compared(1, { drive: inOrder('ae217597.bedf88') }),
};

import { deepEqual, equal } from 'node:assert/strict';
import {
  DataChangeNotification,
  NotificationMessage,
  type PublishRequest,
  PublishResponse,
  RepublishResponse,
} from 'node-opcua-client';
import { createPublishing, type Publishing, type PublishServices } from '../../../nodes/opcua/src/io/publishing.ts';

type Reply = (error: Error | null, response?: PublishResponse) => void;

interface Bench {
  publishing: Publishing;
  asked: Array<{ request: PublishRequest; reply: Reply }>;
  republished: number[];
  log: string[];
  /** What the server still holds for Republish, by number. */
  kept: Map<number, NotificationMessage>;
  /** How the server says that it has nothing more. */
  emptiness: 'fault' | 'empty message';
  data(number: number): PublishResponse;
  keepAlive(next: number): PublishResponse;
}

function message(number: number, isKeepAlive: boolean): NotificationMessage {
  return new NotificationMessage({
    sequenceNumber: number,
    notificationData: isKeepAlive ? [] : [new DataChangeNotification({ monitoredItems: [] })],
  });
}

function bench(): Bench {
  const made: Bench = {
    publishing: { add: nothing, remove: nothing, recover: () => Promise.resolve(), stop: nothing },
    asked: [],
    republished: [],
    log: [],
    kept: new Map(),
    emptiness: 'fault',
    data: (number) => new PublishResponse({ subscriptionId: 7, notificationMessage: message(number, false) }),
    keepAlive: (next) => new PublishResponse({ subscriptionId: 7, notificationMessage: message(next, true) }),
  };
  const session: PublishServices = {
    publish: (request, reply) => void made.asked.push({ request, reply }),
    republish(request, reply) {
      const number = request.retransmitSequenceNumber;
      made.republished.push(number);
      const kept = made.kept.get(number);
      if (kept !== undefined) reply(null, new RepublishResponse({ notificationMessage: kept }));
      else if (made.emptiness === 'fault') reply(new Error('serviceResult = BadMessageNotAvailable (0x807b0000)'));
      else reply(null, new RepublishResponse({ notificationMessage: message(0, true) }));
    },
  };
  made.publishing = createPublishing(session, 1_000);
  made.publishing.add(7, {
    take: ({ sequenceNumber, notificationData }) =>
      void made.log.push(`${(notificationData ?? []).length > 0 ? 'data' : 'keep-alive'} ${sequenceNumber}`),
    missed: (count) => void made.log.push(`missed ${count}`),
    gone: () => void made.log.push('gone'),
  });
  return made;
}

function nothing(): void {}

function answer(made: Bench, response: PublishResponse): void {
  const oldest = made.asked.shift();
  if (oldest === undefined) throw new Error('the server holds no publish request');
  oldest.reply(null, response);
}

describe('OPC UA publishing', () => {
  it('keeps requests at the server and acknowledges what was taken, once', () => {
    const made = bench();
    equal(made.asked.length, 3);
    answer(made, made.data(1));
    answer(made, made.data(2));
    equal(made.asked.length, 3);
    deepEqual(
      made.asked.flatMap(({ request }) =>
        (request.subscriptionAcknowledgements ?? []).map((ack) => ack.sequenceNumber),
      ),
      [1, 2],
    );
  });

  it('does not take the announcement in a keep-alive for a notification', async () => {
    const made = bench();
    answer(made, made.data(1));
    answer(made, made.keepAlive(2));
    made.kept.set(2, message(2, false));
    await made.publishing.recover();
    deepEqual(made.log, ['data 1', 'keep-alive 2', 'data 2']);
    deepEqual(made.republished, [2, 3]);
  });

  it('takes a notification once, and counts those that never came', () => {
    const made = bench();
    for (const number of [1, 1, 4]) answer(made, made.data(number));
    deepEqual(made.log, ['data 1', 'missed 2', 'data 4']);
  });

  it('goes on from the last number to the first one', () => {
    const made = bench();
    for (const number of [0xffff_ffff, 1, 2]) answer(made, made.data(number));
    deepEqual(made.log, ['data 4294967295', 'data 1', 'data 2']);
  });

  it('ends its questions also with a server that has an empty message for no more', async () => {
    const made = bench();
    made.emptiness = 'empty message';
    answer(made, made.data(1));
    await made.publishing.recover();
    deepEqual(made.republished, [2]);
  });

  it('pauses when the library refuses at once, instead of asking without end', () => {
    const made = bench();
    for (const { reply } of made.asked.splice(0)) reply(new Error('Invalid Channel BadConnectionClosed'));
    equal(made.asked.length, 0);
    made.publishing.stop();
  });

  it('sends fewer requests to a server that takes no more', () => {
    const made = bench();
    made.asked.shift()?.reply(new Error('serviceResult = BadTooManyPublishRequests (0x80780000)'));
    equal(made.asked.length, 2);
    answer(made, made.data(1));
    equal(made.asked.length, 2);
  });

  it('says that a subscription is gone when the server knows none', () => {
    const made = bench();
    made.asked.shift()?.reply(new Error('serviceResult = BadNoSubscription (0x80790000)'));
    deepEqual(made.log, ['gone']);
    made.publishing.stop();
  });
});

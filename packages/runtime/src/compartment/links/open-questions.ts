/**
 * The messages that calls were sent with. In one process the answer is the same object, changed: a `complete` node of the
 * call gets it, because it is what the call was given. So an answer that comes back is put into the question.
 */
import type { Message } from './link-frames.ts';

export interface OpenQuestions {
  /** A call left with this message. */
  asked(id: string, question: Message): void;
  /** The message that the caller gets: the question with the content of the answer, or the answer where nobody holds it. */
  answered(id: string, answer: Message): Message;
}

export function createOpenQuestions(): OpenQuestions {
  /** Weak: the call itself holds it until it is answered or given up. */
  const open = new Map<string, WeakRef<Message>>();
  const givenUp = new FinalizationRegistry<string>((id) => void open.delete(id));
  return {
    asked(id, question) {
      // The copies of a message that goes several ways are none that the call was given.
      if (open.get(id)?.deref() !== undefined) return;
      open.set(id, new WeakRef(question));
      givenUp.register(question, id);
    },
    answered(id, answer) {
      const question = open.get(id)?.deref();
      open.delete(id);
      if (question === undefined || !Object.isExtensible(question)) return answer;
      // A request that never left is better than its snapshot.
      const { req, res } = question;
      if (res !== undefined && res === answer['res'] && req !== undefined) answer['req'] = req;
      for (const key of Object.keys(question)) Reflect.deleteProperty(question, key);
      return Object.defineProperties(question, Object.getOwnPropertyDescriptors(answer));
    },
  };
}

import { encodeMessage } from '../../protocol/frame.ts';
import type { GlobalNews, ToCompartment } from '../../protocol/messages.ts';

const largeBytes = 64 * 1024;

/** Frames of news; one of a large value is made once for all compartments, as long as any of them has it on the way. */
export function createNewsFrames(): (news: readonly GlobalNews[]) => Buffer {
  const large = new WeakMap<Uint8Array, { readonly version: number; readonly frame: WeakRef<Buffer> }>();
  return (news) => {
    const [only] = news;
    const bytes = only !== undefined && news.length === 1 && only.echoes === 0 ? only.bytes : undefined;
    const known = bytes ? large.get(bytes) : undefined;
    const before = known !== undefined && known.version === only?.version ? known.frame.deref() : undefined;
    if (before !== undefined) return before;
    const message: ToCompartment = { type: 'globals', entries: news };
    const frame = encodeMessage(message);
    if (only && bytes && bytes.byteLength >= largeBytes)
      large.set(bytes, { version: only.version, frame: new WeakRef(frame) });
    return frame;
  };
}

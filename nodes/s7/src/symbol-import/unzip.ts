/** Files of a zip archive by name, each unpacked when it is asked for. Runs in a browser as well as in Node. */
export interface ZipFiles {
  readonly names: readonly string[];
  /** Rejects when the file is not there, or not whole, or larger unpacked than 64 MB. */
  text(name: string): Promise<string>;
}

interface Entry {
  method: number;
  packed: number;
  at: number;
}

const END = 0x06054b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const END_BYTES = 22;
const CENTRAL_BYTES = 46;
const LOCAL_BYTES = 30;
const longestComment = 65_535;
const mostFiles = 10_000;
const largest = 64 * 1024 * 1024;

function endOf(view: DataView): number {
  for (let at = view.byteLength - END_BYTES; at >= Math.max(0, view.byteLength - END_BYTES - longestComment); at -= 1) {
    if (view.getUint32(at, true) === END) return at;
  }
  throw new Error('it is no zip archive, or it is not whole');
}

async function inflate(packed: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const reader = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate-raw')).getReader();
  const parts: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > largest) {
      await reader.cancel();
      throw new Error(`a file in it is larger than ${largest / 1024 / 1024} MB`);
    }
    parts.push(value);
  }
  return new Uint8Array(await new Blob(parts.map((part) => part.slice())).arrayBuffer());
}

export function openZip(bytes: Uint8Array): ZipFiles {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = endOf(view);
  const count = view.getUint16(end + 10, true);
  if (count > mostFiles) throw new Error(`it holds more than ${mostFiles} files`);
  const entries = new Map<string, Entry>();
  let at = view.getUint32(end + 16, true);
  for (let index = 0; index < count; index += 1) {
    if (at + CENTRAL_BYTES > view.byteLength || view.getUint32(at, true) !== CENTRAL)
      throw new Error('its list of files is damaged');
    const nameBytes = view.getUint16(at + 28, true);
    const name = new TextDecoder().decode(bytes.subarray(at + CENTRAL_BYTES, at + CENTRAL_BYTES + nameBytes));
    entries.set(name, {
      method: view.getUint16(at + 10, true),
      packed: view.getUint32(at + 20, true),
      at: view.getUint32(at + 42, true),
    });
    at += CENTRAL_BYTES + nameBytes + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return {
    names: [...entries.keys()],
    async text(name) {
      const entry = entries.get(name);
      if (entry === undefined) throw new Error(`there is no ${name} in it`);
      if (entry.at + LOCAL_BYTES > view.byteLength || view.getUint32(entry.at, true) !== LOCAL) {
        throw new Error(`${name} is damaged`);
      }
      const from = entry.at + LOCAL_BYTES + view.getUint16(entry.at + 26, true) + view.getUint16(entry.at + 28, true);
      const packed = bytes.slice(from, from + entry.packed);
      if (packed.length !== entry.packed) throw new Error(`${name} is not whole`);
      if (entry.method === 0) return new TextDecoder().decode(packed);
      if (entry.method !== 8) throw new Error(`${name} is packed in a way that is not known`);
      return new TextDecoder().decode(await inflate(packed));
    },
  };
}

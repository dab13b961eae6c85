import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Brings a folder to exactly the given content (`{relative path: Buffer | string}`).
 *
 * Unchanged files are not touched and each other one is replaced by a rename: a process that loads the folder while it
 * is built sees the old file or the new one, never half of one.
 */
export function writeFolder(folder, content) {
  const wanted = new Map(Object.entries(content).map(([name, data]) => [path.normalize(name), Buffer.from(data)]));
  if (existsSync(folder)) {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (entry.isDirectory()) continue;
      const file = path.join(entry.parentPath ?? entry.path, entry.name);
      if (!wanted.has(path.relative(folder, file))) rmSync(file, { force: true });
    }
  }
  for (const [name, data] of wanted) {
    const file = path.join(folder, name);
    if (existsSync(file) && readFileSync(file).equals(data)) continue;
    mkdirSync(path.dirname(file), { recursive: true });
    const temporary = `${file}.${process.pid}.tmp`;
    // A file that names its interpreter is a command; npm makes it executable only if it was there at the install.
    writeFileSync(temporary, data, { mode: data.subarray(0, 2).toString() === '#!' ? 0o755 : 0o644 });
    renameSync(temporary, file);
  }
}

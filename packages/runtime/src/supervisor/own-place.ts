/**
 * The one folder that a confined process may write in, whatever its flows are. What it may do is fixed at its start, and
 * a spare is started before it is known whose process it will be: its folder is a name in the run directory, from which
 * a symbolic link leads to the folder of its compartment once it has one. Node.js's permission model goes by names.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import type { SupervisorBoot } from '../protocol/boot.ts';
import type { ChildSpec } from '../protocol/messages.ts';

/** Stands in the arguments of all starts alike, so that those which differ in nothing else are of one class. */
export const anyPlace = ({ runDirectory }: SupervisorBoot): string => path.join(runDirectory, 'own');

/** A start with this folder as its own. */
export function atPlace<Spec extends ChildSpec>(spec: Spec, boot: SupervisorBoot, place: string): Spec {
  const any = anyPlace(boot);
  const args = spec.args.map((argument) => {
    const [option, file] = [argument.slice(0, argument.indexOf('=') + 1), argument.slice(argument.indexOf('=') + 1)];
    return option !== '' && (file === any || file === `${any}/*`)
      ? `${option}${place}${file.slice(any.length)}`
      : argument;
  });
  return { ...spec, args };
}

/** A name that no other process has, and none can guess. */
export const newPlace = ({ runDirectory }: SupervisorBoot): string =>
  path.join(runDirectory, `own-${randomBytes(8).toString('hex')}`);

/** From now on this is the folder of a compartment. Throws where the place is none of ours. */
export function leadTo(boot: SupervisorBoot, place: string, directory: string): void {
  if (path.dirname(place) !== boot.runDirectory || !path.basename(place).startsWith('own-'))
    throw new Error(`a spare looks for its files in ${place}, which is no place for them`);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  symlinkSync(directory, place);
}

/** The process is gone. */
export const giveUpPlace = (place: string): void => rmSync(place, { force: true });

/** The shape of `bulkhead.yaml`. Every key is optional; unknown ones are errors. */
import * as v from 'valibot';
import { launchers } from '../protocol/boot.ts';
import { privilegePart } from './privilege.ts';
import { perLimit } from '../protocol/limits.ts';

const port = v.pipe(
  v.number('must be a port number'),
  v.integer('must be a port number'),
  v.minValue(0, 'must be a port number, 0 to 65535'),
  v.maxValue(65_535, 'must be a port number, 0 to 65535'),
);
const text = v.pipe(v.string('must be a text'), v.nonEmpty('must not be empty'));
const yesNo = v.boolean('must be true or false');
const wholeNumber = (least: number, most: number, unit: string) =>
  v.pipe(
    v.number(`must be a number of ${unit}`),
    v.integer(`must be a whole number of ${unit}`),
    v.minValue(least, `must be at least ${least} ${unit}`),
    v.maxValue(most, `must be at most ${most} ${unit}`),
  );
const bcryptHash = v.pipe(
  v.string('must be a bcrypt hash'),
  v.regex(/^\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}$/, 'must be a bcrypt hash; make one with: npx node-red admin hash-pw'),
);
const tokenHash = v.pipe(
  v.string('must be the SHA-256 of the token'),
  v.regex(/^[0-9a-f]{64}$/, 'must be the SHA-256 of the token, 64 hexadecimal digits: printf %s TOKEN | sha256sum'),
);
const mqttUrl = v.pipe(
  v.string('must be a URL such as mqtt://broker:1883'),
  v.regex(
    /^(?:mqtts?|wss?|tcp|tls):\/\/[^\s/@]+(?:\/\S*)?$/,
    'must be a URL such as mqtt://broker:1883, without user or password',
  ),
);

const permission = v.union([text, v.array(text)], 'must be "*", "read" or a list of permissions');

export const configurationSchema = v.strictObject({
  host: v.optional(text),
  port: v.optional(port),
  hosts: v.optional(v.array(text, 'must be a list of host names')),
  login: v.optional(
    v.strictObject({
      users: v.pipe(
        v.array(v.strictObject({ username: text, password: bcryptHash, permissions: v.optional(permission, '*') })),
        v.minLength(1, 'must name at least one user'),
      ),
      tokens: v.optional(
        v.array(v.strictObject({ name: text, sha256: tokenHash, permissions: v.optional(permission, 'read') })),
        [],
      ),
      default: v.optional(v.strictObject({ permissions: v.optional(permission, 'read') })),
      sessionHours: v.optional(wholeNumber(1, 8_760, 'hours'), 168),
      metrics: v.optional(v.picklist(['login', 'open'], 'must be login or open'), 'login'),
    }),
  ),
  mqtt: v.optional(v.strictObject({ url: mqttUrl, username: v.optional(text), passwordFile: v.optional(text) })),
  postgres: v.optional(
    v.strictObject({
      host: text,
      port: v.optional(port, 5432),
      database: v.optional(text, 'bulkhead'),
      user: v.optional(text, 'bulkhead'),
      passwordFile: v.optional(text),
    }),
  ),
  plant: v.optional(
    v.strictObject({
      enabled: v.optional(yesNo),
      seed: v.optional(wholeNumber(0, 2 ** 40, 'seed')),
    }),
  ),
  demo: v.optional(yesNo),
  limits: v.optional(
    v.strictObject(perLimit(({ least, most, unit }) => v.exactOptional(wholeNumber(least, most, unit)))),
  ),
  exclusive: v.optional(v.array(text, 'must be a list of types of config nodes')),
  shared: v.optional(v.array(text, 'must be a list of types of config nodes')),
  partition: v.optional(
    v.strictObject({
      pins: v.optional(
        v.record(text, v.array(text, 'must be a list of tab labels or ids'), 'must hold compartment names'),
      ),
      apart: v.optional(v.array(text, 'must be a list of tab labels or ids')),
      dashboards: v.optional(v.picklist(['split', 'with-tabs'], 'must be "split" or "with-tabs"')),
    }),
  ),
  cgroups: v.optional(yesNo),
  spares: v.optional(v.picklist([0, 1], 'must be 0 or 1')),
  onCrashLoop: v.optional(v.picklist(['quarantine', 'rollback'], 'must be quarantine or rollback')),
  launcher: v.optional(v.picklist(launchers, 'must be process or container')),
  container: v.optional(
    v.strictObject({
      engine: v.optional(v.pipe(text, v.startsWith('/', 'must be the path of a unix socket'))),
      image: v.optional(text),
      network: v.optional(text),
      address: v.optional(text),
      pids: v.optional(wholeNumber(32, 1_048_576, 'processes')),
      mountInstallation: v.optional(yesNo),
    }),
  ),
  privilege: v.optional(privilegePart),
  projects: v.optional(yesNo),
  palettes: v.optional(v.array(text, 'must be a list of directories')),
  env: v.optional(
    v.array(
      v.pipe(
        v.string('must be a list of names'),
        v.regex(/^[A-Za-z_]\w*$/, 'must be the name of an environment variable'),
      ),
      'must be a list of names of environment variables',
    ),
  ),
});

export type Configuration = v.InferOutput<typeof configurationSchema>;

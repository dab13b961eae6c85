/** What children see of the environment: an allow-list, never all of it. */

type Environment = Readonly<Record<string, string | undefined>>;

const names = new Set(
  [
    'PATH HOME USER LOGNAME SHELL LANG LANGUAGE TZ TMPDIR TMP TEMP',
    'SYSTEMROOT WINDIR COMSPEC PATHEXT APPDATA LOCALAPPDATA USERPROFILE',
    'NODE_EXTRA_CA_CERTS NODE_V8_COVERAGE SSL_CERT_FILE SSL_CERT_DIR',
    'HTTP_PROXY HTTPS_PROXY NO_PROXY ALL_PROXY',
  ].flatMap((line) => line.split(' ')),
);

function pick(environment: Environment, wanted: (name: string) => boolean): Record<string, string> {
  const picked: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined && wanted(name)) picked[name] = value;
  }
  return picked;
}

/** For every child. `extra` are the names that the user listed under `env`. */
export function childEnvironment(environment: Environment, extra: readonly string[] = []): Record<string, string> {
  return pick(environment, (name) => names.has(name.toUpperCase()) || name.startsWith('LC_') || extra.includes(name));
}

/** For the editor, which runs npm for the palette manager. */
export function editorEnvironment(environment: Environment, extra: readonly string[]): Record<string, string> {
  return { ...childEnvironment(environment, extra), ...pick(environment, (name) => /^npm_config_/i.test(name)) };
}

/** Node-RED's projects, as the dialogs of the editor ask for them. */
import type { Bulkhead } from './bulkhead.ts';

const files = { flow: 'flows.json', credentials: 'flows_cred.json' };

export function projectsOf(house: Pick<Bulkhead, 'request'>) {
  const send = async (method: string, where: string, body: unknown = {}): Promise<unknown> => {
    const headers = { 'content-type': 'application/json' };
    const answer = await house.request(where, { method, headers, body: JSON.stringify(body) });
    const text = await answer.text();
    return text === '' ? null : JSON.parse(text);
  };
  return {
    send,
    /** Whose name stands in the commits; before the first project. */
    async introduce(): Promise<void> {
      await send('POST', '/settings/user', { git: { user: { name: 'Ann', email: 'ann@example.org' } } });
    },
    async create(name: string, credentialSecret: string): Promise<void> {
      const git = { user: { name: 'Ann', email: 'ann@example.org' }, remotes: {} };
      await send('POST', '/projects', { name, summary: name, files, credentialSecret, git });
    },
    async clone(name: string, url: string, credentialSecret: string): Promise<void> {
      await send('POST', '/projects', { name, git: { remotes: { origin: { url } } }, credentialSecret });
    },
    async commit(name: string, message: string): Promise<void> {
      await send('POST', `/projects/${name}/stage`, { files: ['flows.json', 'flows_cred.json', 'package.json'] });
      await send('POST', `/projects/${name}/commit`, { message });
    },
    async activate(name: string, clearContext = false): Promise<void> {
      await send('PUT', `/projects/${name}`, { active: true, clearContext });
    },
  };
}

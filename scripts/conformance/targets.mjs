// The servers: how each is started on stdio and, if possible, on HTTP.
import { inRoot, peer } from './programs.mjs';

const fixture = (name) => inRoot(`test/fixtures/mcp/everything/${name}.mjs`);
const everything = peer('@modelcontextprotocol/server-everything/dist/index.js');
const port = (number) => ({ PORT: String(number) });

export const fixtureServer = {
  name: 'the fixture server',
  versions: ['2025-06-18', '2025-11-25', '2026-07-28'],
  passesAll: true,
  command: [process.execPath, fixture('stdio')],
  http: { name: 'the fixture server', args: () => [fixture('http')], env: port },
};
export const fixtureClient = [process.execPath, fixture('client')];

export const serverEverything = {
  name: 'server-everything',
  versions: ['2025-11-25'],
  command: [process.execPath, everything, 'stdio'],
  http: { name: 'server-everything', args: () => [everything, 'streamableHttp'], env: port },
};

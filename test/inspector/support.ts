import { mkdtemp } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHealer, type HealerOptions, type HealflowConfig } from '../../src/index.ts';
import { createInspector, type Inspector, type InspectorOptions } from '../../src/inspector/index.ts';

export const newFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'healflow-inspector-'));

/** An error that a login heals, and one that no fix does. */
export const unauthorized = (): Error => new Error('error: You must be logged in to the server (Unauthorized)');

/** A client of an inspector's API. */
export const apiOf = (inspector: Pick<Inspector, 'url'>) => {
  const [base = '', token = ''] = inspector.url.split('/#token=');
  const get = async (path: string, headers: Readonly<Record<string, string>> = {}) => {
    const response = await fetch(base + path, { headers: { authorization: `Bearer ${token}`, ...headers } });
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
  const json = async <T>(path: string): Promise<T> => JSON.parse((await get(path)).text) as T;
  /** Sends a request that a browser would not send. */
  const raw = (path: string, headers: Readonly<Record<string, string>>, method = 'GET', body?: string) =>
    new Promise<{ status: number; text: string }>((resolve, reject) => {
      const sent = request(
        base,
        { path, method, headers: { authorization: `Bearer ${token}`, ...headers } },
        (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (chunk: string) => {
            text += chunk;
          });
          response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
        },
      );
      sent.on('error', reject);
      sent.end(body);
    });
  /** Reads the stream until it matches, and returns all of it. @param onOpen Called once it is open. */
  const stream = async (
    isDone: (text: string) => boolean,
    onOpen: () => unknown = () => {},
    path = '/api/stream',
  ): Promise<string> => {
    const until = new AbortController();
    const response = await fetch(base + path, { headers: { authorization: `Bearer ${token}` }, signal: until.signal });
    const decoder = new TextDecoder();
    let text = '';
    for await (const chunk of response.body ?? []) {
      if (text === '') onOpen();
      text += decoder.decode(chunk as Uint8Array, { stream: true });
      if (isDone(text)) break;
    }
    until.abort();
    return text;
  };
  return { base, token, get, json, raw, stream };
};

/** An inspector and an observed healer, in temporary folders. */
export const watchedHealer = async ({
  config = {},
  inspect = {},
  fixes = { kube_login: { run: () => undefined, cooldownMs: 0, budget: { runs: 1_000, windowMs: 1_000 } } },
  stateDir,
  memoryDir,
}: {
  readonly config?: HealflowConfig;
  readonly inspect?: InspectorOptions;
  readonly fixes?: NonNullable<HealerOptions['fixes']>;
  readonly stateDir?: string;
  readonly memoryDir?: string;
} = {}) => {
  const folder = await newFolder();
  const inspector = await createInspector(inspect);
  const warnings: string[] = [];
  const healer = await createHealer({
    config,
    env: { HEALFLOW_STATE_DIR: stateDir ?? join(folder, 'state') },
    memoryDir: memoryDir ?? join(folder, 'memory'),
    cwd: folder,
    inspect: inspector,
    fixes,
    warn: (message) => warnings.push(message),
  });
  /** A call that fails once and is healed. */
  const heal = async (tool = 'k8s_get_pods', error: () => Error = unauthorized) => {
    let calls = 0;
    return healer.runOutcome(tool, () => {
      calls += 1;
      if (calls === 1) throw error();
      return 'pods';
    });
  };
  return { inspector, healer, heal, warnings, api: apiOf(inspector), memoryDir: memoryDir ?? join(folder, 'memory') };
};

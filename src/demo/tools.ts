import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readCredentials } from './world/credentials.ts';
import type { WorldFacts } from './world/facts.ts';

// Typical tools: they call a server, and throw what `fetch` throws or what the server responds. The SDK passes on the
// message alone, so that of a refused connection only `fetch failed` is left.

interface Fetched {
  readonly status: number;
  readonly statusText: string;
  readonly text: string;
}

const get = async (url: string, token?: string): Promise<Fetched> => {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const response = await fetch(url, { headers });
  return { status: response.status, statusText: response.statusText, text: await response.text() };
};

const bodyOf = ({ status, statusText, text }: Fetched): unknown => {
  if (status < 400) return JSON.parse(text);
  throw new Error(`HTTP ${status} ${statusText}: ${text}`);
};

const getPods = async ({ clusters, credentialsFile }: WorldFacts, cluster: string): Promise<string> => {
  const url = clusters[cluster];
  if (url === undefined) throw new Error(`error: context "${cluster}" does not exist`);
  const response = await get(`${url}/api/v1/pods`, (await readCredentials(credentialsFile))[cluster]);
  // As kubectl words it
  if (response.status === 401) throw new Error('error: You must be logged in to the server (Unauthorized)');
  return (bodyOf(response) as { items: string[] }).items.join(', ');
};

const listOrders = async ({ ordersUrl, accessTokenFile }: WorldFacts): Promise<string> => {
  const response = await get(ordersUrl, (await readFile(accessTokenFile, 'utf8')).trim());
  return (bodyOf(response) as { orders: string[] }).orders.join(', ');
};

const searchIssues = async ({ issuesUrl }: WorldFacts): Promise<string> =>
  (bodyOf(await get(issuesUrl)) as { issues: string[] }).issues.join(', ');

const readWiki = async ({ wikiUrl }: WorldFacts): Promise<string> =>
  (bodyOf(await get(wikiUrl)) as { text: string }).text;

const getBuild = async ({ buildsUrl }: WorldFacts): Promise<string> =>
  `the build is ${(bodyOf(await get(buildsUrl)) as { build: string }).build}`;

type Index = Readonly<Record<string, string>>;

const packageIndex = async ({ packagesUrl, cacheFolder }: WorldFacts): Promise<Index> => {
  const file = join(cacheFolder, 'index.json');
  const cached = await readFile(file, 'utf8').catch(() => undefined);
  if (cached !== undefined) return JSON.parse(cached);
  const index = bodyOf(await get(`${packagesUrl}/index.json`)) as Index;
  await mkdir(cacheFolder, { recursive: true });
  await writeFile(file, JSON.stringify(index));
  return index;
};

const showPackage = async (facts: WorldFacts, name: string): Promise<string> => {
  const place = (await packageIndex(facts))[name];
  if (place === undefined) throw new Error(`unknown package ${name}`);
  const { edition } = bodyOf(await get(`${facts.packagesUrl}${place}`)) as { edition: number };
  return `${name}, edition ${edition}`;
};

export interface DemoTool {
  readonly name: string;
  readonly description: string;
  /** The name of its argument, if it has one. */
  readonly argument: string | undefined;
  /** Whether it is annotated as read-only; most real tools have no annotations. */
  readonly readOnly: boolean;
  /** Calls the tool. Rejects with the server's error message. */
  readonly call: (facts: WorldFacts, argument: string) => Promise<string>;
}

const tool = (
  name: string,
  description: string,
  call: DemoTool['call'],
  { argument, readOnly = false }: { argument?: string; readOnly?: boolean } = {},
): DemoTool => ({ name, description, call, argument, readOnly });

/** The tools of the demo's server. */
export const demoTools: readonly DemoTool[] = [
  tool('k8s_get_pods', 'Lists the pods of a cluster.', getPods, { argument: 'cluster' }),
  tool('list_orders', 'Lists the orders.', listOrders),
  tool('search_issues', 'Lists the issues.', searchIssues),
  tool('read_wiki', 'Reads a page of the wiki.', readWiki, { readOnly: true }),
  tool('show_package', 'Shows a package.', showPackage, { argument: 'name', readOnly: true }),
  tool('get_build', 'Shows the last build.', getBuild, { readOnly: true }),
];

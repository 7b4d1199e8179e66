import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Cluster, startCluster } from './cluster.ts';
import { logInToCluster } from './credentials.ts';
import type { WorldFacts } from './facts.ts';
import { type FlakyBuilds, startFlakyBuilds } from './flaky-builds.ts';
import { obtainTokens, type Tokens } from './grant.ts';
import { type LimitedSearch, startLimitedSearch } from './limiter.ts';
import { type OAuth, startOAuth } from './oauth.ts';
import { type Orders, startOrders } from './orders.ts';
import { type Packages, startPackages } from './packages.ts';
import { startVpn, type Vpn } from './vpn.ts';

/** All servers that the tools of the demo use. */
export interface World {
  readonly clusters: Readonly<Record<'staging' | 'production', Cluster>>;
  readonly oauth: OAuth;
  readonly orders: Orders;
  readonly search: LimitedSearch;
  readonly vpn: Vpn;
  readonly packages: Packages;
  readonly builds: FlakyBuilds;
  /** The tokens of the first sign-in. */
  readonly tokens: Tokens;
  readonly facts: WorldFacts;
  readonly factsFile: string;
  readonly refreshTokenFile: string;
  readonly tunnelFile: string;
  /** Closes every server and the tunnel. */
  close(): Promise<void>;
}

/** Lifetime of an access token in seconds; it expires before its scene starts. */
export const accessTokenSeconds = 3;

const secret = { mode: 0o600 };

export interface WorldOptions {
  /** Lifetime of a refreshed access token in seconds. @default `accessTokenSeconds` */
  readonly refreshedTokenSeconds?: number;
  /** The number of orders that are rejected at the same time. @default 1 */
  readonly rejectTogether?: number;
}

/** Starts all servers on loopback, with their files in this folder. */
export const startWorld = async (
  folder: string,
  { refreshedTokenSeconds, rejectTogether }: WorldOptions = {},
): Promise<World> => {
  const started: { close(): Promise<void> }[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(started.map((part) => part.close()));
  };
  const keep = async <T extends { close(): Promise<void> }>(starting: Promise<T>): Promise<T> => {
    const part = await starting;
    started.push(part);
    return part;
  };
  try {
    const [staging, production, oauth, search, vpn, packages, builds] = await Promise.all([
      keep(startCluster(['web-7f9c', 'worker-5d2b'])),
      keep(startCluster(['web-1a44', 'worker-9e0c'])),
      keep(startOAuth({ accessTokenSeconds, refreshedTokenSeconds })),
      keep(startLimitedSearch()),
      keep(startVpn()),
      keep(startPackages()),
      keep(startFlakyBuilds()),
    ]);
    const orders = await keep(startOrders(oauth.isActive, rejectTogether));

    const file = (name: string): string => join(folder, name);
    const facts: WorldFacts = {
      clusters: { staging: staging.url, production: production.url },
      credentialsFile: file('credentials.json'),
      ordersUrl: orders.url,
      accessTokenFile: file('access-token'),
      issuesUrl: search.url,
      wikiUrl: `http://127.0.0.1:${vpn.port}`,
      packagesUrl: packages.url,
      cacheFolder: file('cache'),
      buildsUrl: builds.url,
    };
    const tokens = await obtainTokens(oauth);
    const [factsFile, refreshTokenFile, tunnelFile] = [file('world.json'), file('refresh-token'), file('tunnel.json')];
    await mkdir(facts.cacheFolder);
    await Promise.all([
      writeFile(factsFile, JSON.stringify(facts)),
      writeFile(tunnelFile, JSON.stringify(vpn.tunnel)),
      writeFile(facts.accessTokenFile, tokens.accessToken, secret),
      writeFile(refreshTokenFile, tokens.refreshToken, secret),
    ]);
    await logInToCluster(facts.credentialsFile, 'staging', staging.url);
    await logInToCluster(facts.credentialsFile, 'production', production.url);
    return {
      clusters: { staging, production },
      ...{ oauth, orders, search, vpn, packages, builds, tokens, facts },
      ...{ factsFile, refreshTokenFile, tunnelFile, close },
    };
  } catch (error) {
    await close();
    throw error;
  }
};

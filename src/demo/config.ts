import type { ProgramName } from './world/program.ts';
import { programCommand } from './world/program.ts';
import type { World } from './world/world.ts';

// Every JSON value is a YAML value.
export const json = (value: unknown): string => JSON.stringify(value);
const command = (name: ProgramName, ...args: string[]): string => json(programCommand(name, ...args));

/** The entry of token_refresh, to which lines may be added. */
export const tokenRefresh = ({ facts, oauth, refreshTokenFile }: World): string => `\
  token_refresh:
    tools: list_orders
    oauth:
      tokenEndpoint: ${json(oauth.tokenEndpoint)}
      clientId: ${json(oauth.clientId)}
      refreshTokenFile: ${json(refreshTokenFile)}
    deliver: { file: ${json(facts.accessTokenFile)} }
`;

/** The entry of vpn_connect, to which lines may be added. */
export const vpnConnect = ({ tunnelFile, vpn }: World): string => `\
  vpn_connect:
    tools: read_wiki
    command: ${command('vpn-connect', tunnelFile)}
    probe: { tcp: "127.0.0.1:${vpn.port}" }
    pollMs: 50
`;

/** Returns the healflow.yaml of the demo, which configures a fix for each tool. */
export const configFor = (world: World): string => {
  const { facts, factsFile } = world;
  return `\
# The fixes for the tools of the demo. retry_backoff and wait_retry need no configuration.
# State that the demo's processes share stays in the demo's folder.
stateDir: world/state
fixes:
  kube_login:
    tools: k8s_*
    command: ${command('kube-login', factsFile, '{cluster}')}
    clusters: { staging: {}, production: {} }
${tokenRefresh(world)}${vpnConnect(world)}  cache_clear:
    tools: show_package
    folders: [${json(facts.cacheFolder)}]
    allowedRoots: [${json(facts.cacheFolder)}]
`;
};

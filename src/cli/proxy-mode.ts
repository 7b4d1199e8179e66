/** The words of `healflow proxy` before `--`. */
export interface ProxyCommandOptions {
  readonly config?: string;
  readonly memory?: string;
  readonly upstream?: string;
  readonly http?: string;
  readonly host?: string;
  /** Headers for a server behind a URL, each as `Name=VARIABLE`. */
  readonly headerEnv?: readonly string[];
  /** What shows the runs: healflow's own page where nothing is named, `stately`, or the address of its inspector. */
  readonly inspect?: string | true;
}

/** How the proxy is reached: over HTTP at this address, or by standard input and output where that is undefined. */
interface ListenOptions {
  readonly http: { readonly port: number; readonly host: string | undefined } | undefined;
}

/** What the proxy stands between. */
export type ProxyMode = ListenOptions & ({ readonly command: readonly string[] } | { readonly url: string });

const usage = `Usage: healflow proxy [--config FILE] [--memory DIR] [--http PORT [--host ADDR]] -- COMMAND [ARG...]
       healflow proxy [--config FILE] [--memory DIR] [--http PORT [--host ADDR]] --upstream URL
For example: healflow proxy -- npx -y @modelcontextprotocol/server-everything`;

const withUsage = (problem: string): string => `${problem}\n${usage}`;

/** Which inspector of Stately is meant; undefined if none is. */
export const statelyOf = (
  inspect: ProxyCommandOptions['inspect'],
): 'stately' | { readonly stately: string } | undefined => {
  if (inspect === 'stately') return inspect;
  return typeof inspect === 'string' && /^wss?:\/\//.test(inspect) ? { stately: inspect } : undefined;
};

/** Reads what is meant; a text says why that cannot be. */
export const parseProxyMode = (command: readonly string[], options: ProxyCommandOptions): ProxyMode | string => {
  const { upstream, http: port, host } = options;
  const [program] = command;
  if (upstream === undefined && program === undefined) {
    return withUsage('no server given: add -- COMMAND or --upstream URL');
  }
  if (upstream === undefined && program === '') return withUsage('there is no command after --');
  if (upstream !== undefined && program !== undefined) {
    return withUsage('a proxy stands in front of one server: a command after --, or a URL after --upstream');
  }
  if (options.headerEnv !== undefined && upstream === undefined) {
    return withUsage('--header-env is for a server behind a URL (--upstream)');
  }
  if (typeof options.inspect === 'string' && statelyOf(options.inspect) === undefined) {
    return withUsage(
      `--inspect: '${options.inspect}' is an unknown viewer; use --inspect alone, "stately" or a ws:// URL`,
    );
  }
  if (host !== undefined && port === undefined) {
    return withUsage('--host requires --http');
  }
  if (port !== undefined && !(/^\d{1,5}$/.test(port) && Number(port) <= 65_535)) {
    return withUsage(`--http: '${port}' is not a port; use 0 (any free port) to 65535`);
  }
  const http = port === undefined ? undefined : { port: Number(port), host };
  if (upstream === undefined) return { http, command };
  const problem = problemOf(upstream);
  return problem === undefined ? { http, url: upstream } : withUsage(`--upstream: ${problem}`);
};

/** Why this is no address of a server; the address itself may hold a secret. */
const problemOf = (address: string): string | undefined => {
  try {
    const { protocol } = new URL(address);
    return protocol === 'http:' || protocol === 'https:' ? undefined : 'the URL must begin with http:// or https://';
  } catch {
    return 'this is no URL; one looks like https://mcp.example.com/mcp';
  }
};

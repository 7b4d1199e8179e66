/** The options of `healflow proxy`. */
export interface ProxyCommandOptions {
  readonly config?: string;
  readonly memory?: string;
  readonly upstream?: string;
  readonly http?: string;
  readonly host?: string;
  /** Where lines go that a server writes to its stdout and that are no messages. */
  readonly stdoutNoise?: 'pass' | 'stderr';
  /** Headers for an HTTP server, each as `Name=VARIABLE`. */
  readonly headerEnv?: readonly string[];
  /** Whether the proxy refuses to start with an invalid configuration, in place of healing nothing. */
  readonly strict?: boolean;
  /** The viewer of the runs: true for healflow's page, `stately`, or the URL of Stately's inspector. */
  readonly inspect?: string | true;
}

/** The address on which the proxy serves HTTP; undefined if it serves standard input and output. */
interface ListenOptions {
  readonly http: { readonly port: number; readonly host: string | undefined } | undefined;
}

/** The client's and the server's side of the proxy. */
export type ProxyMode = ListenOptions & ({ readonly command: readonly string[] } | { readonly url: string });

const usage = `Usage: healflow proxy [--config FILE] [--memory DIR] [--http PORT [--host ADDR]] -- COMMAND [ARG...]
       healflow proxy [--config FILE] [--memory DIR] [--http PORT [--host ADDR]] --upstream URL
For example: healflow proxy -- npx -y @modelcontextprotocol/server-everything`;

const withUsage = (problem: string): string => `${problem}\n${usage}`;

/** Returns the requested Stately inspector; undefined if there is none. */
export const statelyOf = (
  inspect: ProxyCommandOptions['inspect'],
): 'stately' | { readonly stately: string } | undefined => {
  if (inspect === 'stately') return inspect;
  return typeof inspect === 'string' && /^wss?:\/\//.test(inspect) ? { stately: inspect } : undefined;
};

/** Parses the options; returns an error message if they are invalid. */
export const parseProxyMode = (command: readonly string[], options: ProxyCommandOptions): ProxyMode | string => {
  const { upstream, http: port, host } = options;
  const [program] = command;
  if (upstream === undefined && program === undefined) {
    return withUsage('no server given: add -- COMMAND or --upstream URL');
  }
  if (upstream === undefined && program === '') return withUsage('there is no command after --');
  if (upstream !== undefined && program !== undefined) {
    return withUsage('two servers given: use either -- COMMAND or --upstream URL');
  }
  if (options.headerEnv !== undefined && upstream === undefined) {
    return withUsage('--header-env requires --upstream');
  }
  if (options.stdoutNoise !== undefined && upstream !== undefined) {
    return withUsage('--stdout-noise requires -- COMMAND: a server behind a URL has no stdout');
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

/** Returns why this is not the URL of a server. The message omits the URL, which may contain a secret. */
const problemOf = (address: string): string | undefined => {
  try {
    const { protocol } = new URL(address);
    return protocol === 'http:' || protocol === 'https:' ? undefined : 'the URL must start with http:// or https://';
  } catch {
    return 'not a URL; use one such as https://mcp.example.com/mcp';
  }
};

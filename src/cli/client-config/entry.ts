import { isDeepStrictEqual } from 'node:util';
import { isRecord } from '../../text/is-record.ts';

/** A server as a client's file describes it. */
export type Entry = Readonly<Record<string, unknown>>;

/** How healflow is started. */
export interface Launcher {
  readonly command: string;
  readonly args: readonly string[];
}

/** How an entry is wrapped. */
export interface WrapOptions {
  readonly launcher: Launcher;
  /** The configuration file passed to the proxy; undefined if it finds its own. */
  readonly config?: string | undefined;
  /** Whether the user has named this server. */
  readonly named: boolean;
  /** Whether a program of this path exists. */
  readonly exists: (path: string) => boolean;
}

/** The result for an entry: its new value, or why it is left unchanged. */
export type Wrapped = { readonly entry: Entry } | { readonly left: string };

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string');

const ownProgram =
  /(?:^|[\\/])(?:healflow(?:@[^\\/]*)?(?:\.cmd|\.exe|\.js)?|healflow[\\/]dist[\\/]src[\\/]cli[\\/]main\.js)$/;

/** Returns the index of `proxy` directly after healflow's program in the words of an entry; -1 if there is none. */
const proxyAt = (words: readonly string[], own: string | undefined): number =>
  words.findIndex((word, at) => {
    const before = words[at - 1];
    return word === 'proxy' && before !== undefined && (before === own || ownProgram.test(before));
  });

const wordsOf = ({ command, args }: Entry): readonly string[] | undefined =>
  typeof command === 'string' && (args === undefined || isTexts(args)) ? [command, ...(args ?? [])] : undefined;

/** Whether an entry already starts healflow's proxy. @param own The path of this program. */
export const isWrapped = (entry: Entry, own?: string): boolean => {
  const words = wordsOf(entry);
  return words !== undefined && proxyAt(words, own) !== -1;
};

const variableOf = (header: string): string => `HEALFLOW_HEADER_${header.toUpperCase().replace(/[^A-Z0-9]/g, '_')}`;

/** Returns why a server with a URL cannot be wrapped: the client does something for it that a command cannot do. */
const clientsOwn = ['auth', 'oauth', 'headersHelper'];

const isLoopback = (url: URL): boolean => /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(url.hostname);

const whyNotWrapped = (entry: Entry, named: boolean): string | undefined => {
  const { url, type, headers } = entry;
  if (type === 'sse') return 'it uses the deprecated HTTP+SSE transport, which is not supported';
  const own = clientsOwn.find((key) => key in entry);
  if (own !== undefined) return `its ${JSON.stringify(own)} is handled by the client, which only works with a url`;
  if (headers !== undefined && !(isRecord(headers) && isTexts(Object.values(headers))))
    return 'its headers are not all strings';
  // The URL may contain a placeholder of the client.
  const parsed = URL.canParse(String(url)) ? new URL(String(url)) : undefined;
  if (parsed !== undefined && !/^https?:$/.test(parsed.protocol)) return 'its url is not an HTTP URL';
  if (named) return undefined;
  if (/\/sse\/?$/.test(parsed?.pathname ?? '')) {
    return 'its url looks like the deprecated HTTP+SSE transport; use --server to wrap it anyway';
  }
  if (parsed !== undefined && isLoopback(parsed)) return undefined;
  return headers === undefined || Object.keys(headers).length === 0
    ? 'it has no headers, so the client may log in to it by itself, which only works with a url; use --server to wrap it anyway'
    : undefined;
};

const replaced = (entry: Entry, key: string, members: readonly (readonly [string, unknown])[]): Entry =>
  Object.fromEntries(Object.entries(entry).flatMap((member) => (member[0] === key ? members : [member])));

/** Passes headers in the environment, because every user of the machine can read arguments. */
const wrapUrl = (entry: Entry, { launcher, config, named }: WrapOptions): Wrapped => {
  const left = whyNotWrapped(entry, named);
  if (left !== undefined) return { left };
  const { headers = {}, env, ...rest } = entry as Entry & { headers?: Record<string, string> };
  const names = Object.keys(headers);
  const variables = Object.fromEntries(names.map((name) => [variableOf(name), headers[name]]));
  if (Object.keys(variables).length < names.length)
    return { left: 'two of its headers would use the same environment variable' };
  const args = [
    ...launcher.args,
    'proxy',
    ...(config === undefined ? [] : ['--config', config]),
    ...names.flatMap((name) => ['--header-env', `${name}=${variableOf(name)}`]),
    '--upstream',
    String(entry.url),
  ];
  const started = replaced(rest, 'url', [
    ['command', launcher.command],
    ['args', args],
  ]);
  return {
    entry: {
      ...started,
      ...('type' in entry ? { type: 'stdio' } : {}),
      ...(env === undefined && names.length === 0 ? {} : { env: { ...(isRecord(env) ? env : {}), ...variables } }),
    },
  };
};

/** On Windows npx is a script and needs a shell; an entry that already uses `cmd /c` keeps using it. */
const launchedLike = ({ launcher }: WrapOptions, command: string, [first]: readonly string[]): Launcher =>
  launcher.command === 'npx' && /^cmd(?:\.exe)?$/i.test(command) && first !== undefined && /^\/c$/i.test(first)
    ? { command, args: [first, launcher.command, ...launcher.args] }
    : launcher;

/** Wraps the server of an entry with healflow's proxy. */
export const wrapEntry = (entry: unknown, options: WrapOptions): Wrapped => {
  if (!isRecord(entry)) return { left: 'it is not an object' };
  if (typeof entry.url === 'string' && entry.command === undefined) return wrapUrl(entry, options);
  const { command, args } = entry;
  if (typeof command !== 'string' || command.trim() === '') return { left: 'it has neither a command nor a url' };
  if (args !== undefined && !isTexts(args)) return { left: 'its args are not all strings' };
  const blank = command.search(/\s/);
  if (blank !== -1 && !/[\\/]/.test(command.slice(0, blank)) && !options.exists(command)) {
    return { left: 'its command contains arguments; put the program into command and the arguments into args' };
  }
  const { config } = options;
  const launcher = launchedLike(options, command, args ?? []);
  const before = [...launcher.args, 'proxy', ...(config === undefined ? [] : ['--config', config]), '--', command];
  return {
    entry: {
      ...replaced(entry, 'command', [
        ['command', launcher.command],
        ...(args === undefined ? [['args', before] as const] : []),
      ]),
      ...(args === undefined ? {} : { args: [...before, ...args] }),
    },
  };
};

const headerOf = (word: string): readonly [name: string, variable: string] => {
  const at = word.indexOf('=');
  return [word.slice(0, at), word.slice(at + 1)];
};

const unwrapUrl = (entry: Entry, options: readonly string[], url: string): Entry => {
  const { args: _, env, ...rest } = entry;
  const variables = new Map(isRecord(env) ? Object.entries(env) : []);
  const headers = options.flatMap((word, at) => {
    if (options[at - 1] !== '--header-env') return [];
    const [name, variable] = headerOf(word);
    const value = variables.get(variable);
    variables.delete(variable);
    return [[name, value] as const];
  });
  const members: (readonly [string, unknown])[] = [['url', url]];
  if (headers.length > 0) members.push(['headers', Object.fromEntries(headers)]);
  if (variables.size > 0) members.push(['env', Object.fromEntries(variables)]);
  const { type, ...plain } = replaced(rest, 'command', members);
  return type === undefined ? plain : { type: type === 'stdio' ? 'http' : type, ...plain };
};

/** Removes healflow's proxy from an entry; returns undefined if the original cannot be restored from it. */
export const unwrapEntry = (entry: Entry, own?: string): Entry | undefined => {
  const words = wordsOf(entry) ?? [];
  const behind = words.slice(proxyAt(words, own) + 1);
  const end = behind.indexOf('--');
  const [command, ...args] = end === -1 ? [] : behind.slice(end + 1);
  if (command !== undefined) return { ...entry, command, args };
  const options = end === -1 ? behind : behind.slice(0, end);
  const url = options[options.indexOf('--upstream') + 1];
  return options.includes('--upstream') && url !== undefined ? unwrapUrl(entry, options, url) : undefined;
};

/** Whether an unwrapped entry equals the original; parts that cannot be restored from it are not compared. */
export const isSameEntry = (unwrapped: Entry, original: Entry): boolean => {
  const comparable = ({ type, args, env, ...rest }: Entry): object => ({
    ...rest,
    args: Array.isArray(args) && args.length > 0 ? args : undefined,
    env: isRecord(env) && Object.keys(env).length > 0 ? env : undefined,
    type: 'url' in rest ? undefined : type,
    headers: isRecord(rest.headers) && Object.keys(rest.headers).length > 0 ? rest.headers : undefined,
  });
  return isDeepStrictEqual(comparable(unwrapped), comparable(original));
};

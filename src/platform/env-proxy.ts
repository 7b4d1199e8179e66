import type { Dispatcher } from 'undici';

interface Library {
  readonly undici: typeof import('undici');
  readonly dispatcher: Dispatcher;
}

const names: readonly string[] = ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY'];

/** Whether the environment names a proxy for HTTP requests (`HTTP_PROXY`, `HTTPS_PROXY`, or in lowercase). */
export const hasEnvProxy = (env: NodeJS.ProcessEnv): boolean => names.some((name) => (env[name] ?? '').trim() !== '');

/**
 * The proxies of the environment. `NO_PROXY` lists the hosts that are reached directly; this machine is one only if it is
 * listed. Undici is loaded only if there is a proxy.
 */
export class EnvProxy {
  readonly #env: NodeJS.ProcessEnv;
  readonly #connectTimeoutMs: number | undefined;
  #library: Promise<Library> | undefined;

  constructor(env: NodeJS.ProcessEnv, connectTimeoutMs?: number) {
    this.#env = env;
    this.#connectTimeoutMs = connectTimeoutMs;
  }

  /** Sends a request; its body and that of its response have no timeouts. */
  async request(
    url: URL,
    options: Omit<Dispatcher.RequestOptions, 'path' | 'origin' | 'method'> & { readonly method: string },
  ): Promise<Dispatcher.ResponseData> {
    const { undici, dispatcher } = await this.#load();
    const method = options.method as Dispatcher.HttpMethod;
    return undici.request(url, { ...options, method, dispatcher, headersTimeout: 0, bodyTimeout: 0 });
  }

  /** `fetch` through the proxy. */
  async fetch(url: string, init: RequestInit): Promise<Response> {
    const { undici, dispatcher } = await this.#load();
    const options = { ...init, dispatcher } as unknown as Parameters<typeof undici.fetch>[1];
    return (await undici.fetch(url, options)) as unknown as Response;
  }

  /** Ends all connections. */
  close(): void {
    void this.#library?.then(({ dispatcher }) => dispatcher.destroy()).catch(() => {});
  }

  #load(): Promise<Library> {
    this.#library ??= import('undici').then((undici) => {
      const env = this.#env;
      const dispatcher = new undici.EnvHttpProxyAgent({
        httpProxy: proxyOf(env.http_proxy ?? env.HTTP_PROXY),
        httpsProxy: proxyOf(env.https_proxy ?? env.HTTPS_PROXY),
        noProxy: env.no_proxy ?? env.NO_PROXY ?? '',
        // A plain request needs no tunnel, which many proxies allow for TLS only.
        proxyTunnel: false,
        ...(this.#connectTimeoutMs !== undefined && { connect: { timeout: this.#connectTimeoutMs } }),
      });
      return { undici, dispatcher };
    });
    return this.#library;
  }
}

/** `proxy.example:3128` stands for `http://proxy.example:3128`. */
const proxyOf = (value: string | undefined): string => {
  const text = value?.trim() ?? '';
  return text === '' || /^[a-z][\w+.-]*:\/\//i.test(text) ? text : `http://${text}`;
};

import { readFile } from 'node:fs/promises';
import { replaceFile } from '../../../platform/replace-file.ts';
import { isRecord } from '../../../text/is-record.ts';
import { type Message, rawText, readMessage } from '../../jsonrpc/message.ts';
import { parseSpan } from '../../jsonrpc/raw-json.ts';
import { listMethods } from '../../protocol/list-changes.ts';
import { metaKeys } from '../../protocol/versions.ts';

const handshakes: ReadonlySet<string> = new Set(['initialize', 'server/discover']);
const version = 1;

/** Identifies a request by all that its result depends on; undefined if its result is not kept. */
const identityOf = ({ kind, method, bytes, params: span }: Message): string | undefined => {
  if (kind !== 'request' || !(handshakes.has(method) || listMethods.has(method))) return undefined;
  const params = parseSpan(bytes, span);
  const { protocolVersion, capabilities, cursor, _meta } = isRecord(params) ? params : {};
  const generation = isRecord(_meta) ? _meta[metaKeys.protocolVersion] : undefined;
  return JSON.stringify([method, method === 'initialize' ? [protocolVersion, capabilities] : [cursor, generation]]);
};

/** The results of a server's handshake and lists as they were last, in a file that only its owner can read. */
export class ResponseCache {
  readonly #file: string;
  readonly #log: (text: string) => void;
  #results = new Map<string, string>();
  readonly #pending = new Map<string, string>();
  #writing: Promise<void> = Promise.resolve();

  constructor(file: string, log: (text: string) => void) {
    this.#file = file;
    this.#log = log;
  }

  /** Reads the file. Resolves with whether it holds anything. */
  async load(): Promise<boolean> {
    try {
      const content: unknown = JSON.parse(await readFile(this.#file, 'utf8'));
      const { results } = isRecord(content) && content.version === version ? content : {};
      const found = Object.entries(isRecord(results) ? results : {});
      this.#results = new Map(found.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
    } catch {
      // There is none yet, or it is damaged: the server is started as without it.
    }
    return this.#results.size > 0;
  }

  /** The response to a request as the server gave it last. */
  responseTo(request: Message): Buffer | undefined {
    const identity = identityOf(request);
    const result = identity === undefined ? undefined : this.#results.get(identity);
    if (result === undefined || request.id === undefined) return undefined;
    return Buffer.from(`{"jsonrpc":"2.0","id":${rawText(request.bytes, request.id)},"result":${result}}\n`);
  }

  /** A request was sent to the server. */
  sent(request: Message): void {
    const identity = identityOf(request);
    if (identity !== undefined) this.#pending.set(request.key, identity);
  }

  /** The server has sent a message. */
  received(bytes: Buffer): void {
    if (this.#pending.size === 0 && !bytes.includes('list_changed')) return;
    const message = readMessage(bytes);
    if (message.kind === 'response') this.#keep(message);
    const [, list] = /^notifications\/(\w+)\/list_changed$/.exec(message.method) ?? [];
    if (list === undefined) return;
    const before = this.#results.size;
    for (const identity of this.#results.keys()) if (identity.startsWith(`["${list}/`)) this.#results.delete(identity);
    if (this.#results.size < before) this.#write();
  }

  /** The server is gone: it responds to nothing any more. */
  lost(): void {
    this.#pending.clear();
  }

  /** Resolves when everything is in the file. */
  flushed(): Promise<void> {
    return this.#writing;
  }

  #keep({ key, bytes, result }: Message): void {
    const identity = this.#pending.get(key);
    if (identity === undefined) return;
    this.#pending.delete(key);
    const text = result === undefined ? undefined : rawText(bytes, result);
    if (this.#results.get(identity) === text) return;
    if (text === undefined) this.#results.delete(identity);
    else this.#results.set(identity, text);
    this.#write();
  }

  #write(): void {
    this.#writing = this.#writing.then(async () => {
      try {
        const content = { version, results: Object.fromEntries(this.#results) };
        await replaceFile(this.#file, `${JSON.stringify(content)}\n`);
      } catch (error) {
        this.#log(`the lists of the server were not kept (proxy.lazy): ${(error as Error).message}`);
      }
    });
  }
}

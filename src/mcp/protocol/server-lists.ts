import type { Clock } from '../../model/clock.ts';
import type { ToolAnnotations } from '../../model/run.ts';
import { within } from '../../platform/wait.ts';
import { isRecord } from '../../text/is-record.ts';
import type { Message } from '../jsonrpc/message.ts';
import { memberAt, parseSpan } from '../jsonrpc/raw-json.ts';
import { ListChangeDetector, type ListKind } from './list-changes.ts';
import { type FetchPage, readAllPages } from './pages.ts';

/** The annotations of the tools, collected from the pages of one `tools/list`. */
class ToolAnnotationCache {
  /** Whether the list was read to its end, so a tool that is not in it does not exist. */
  isComplete = false;
  #tools = new Map<string, ToolAnnotations>();

  /** Adds one page. The first page of a list replaces all earlier ones. */
  addPage(result: unknown, isFirstPage: boolean): void {
    if (!isRecord(result) || !Array.isArray(result.tools)) return;
    if (isFirstPage) this.#tools = new Map();
    this.isComplete = typeof result.nextCursor !== 'string';
    for (const tool of result.tools as unknown[]) {
      if (!isRecord(tool) || typeof tool.name !== 'string') continue;
      this.#tools.set(tool.name, hintsOf(tool.annotations));
    }
  }

  of(tool: string): ToolAnnotations | undefined {
    return this.#tools.get(tool);
  }

  /** Removes everything: the tools have changed, so their annotations no longer count. */
  clear(): void {
    this.#tools.clear();
    this.isComplete = false;
  }
}

const hint = (value: unknown): boolean | undefined => (typeof value === 'boolean' ? value : undefined);

const hintsOf = (annotations: unknown): ToolAnnotations =>
  isRecord(annotations)
    ? {
        readOnlyHint: hint(annotations.readOnlyHint),
        destructiveHint: hint(annotations.destructiveHint),
        idempotentHint: hint(annotations.idempotentHint),
      }
    : {};

export interface ServerListCachePorts {
  readonly clock: Clock;
  /** Asks the server under one of healflow's own ids. Rejects if the server is lost before it responds. */
  readonly ask: FetchPage;
  /** The new server's list differs from the one that the client got. */
  readonly changed: (kind: ListKind) => void;
}

const toolList = 'tools/list';
/** Maximum number of attempts to read the tools; each one that is lost was sent to another server. */
const maxAttempts = 5;

/** The annotations of a server's tools, and the lists that the client got from it. */
export class ServerListCache {
  readonly #ports: ServerListCachePorts;
  readonly #annotations = new ToolAnnotationCache();
  readonly #watch: ListChangeDetector;
  #clientKnowsTools = false;
  #reading: Promise<void> | undefined;

  constructor(ports: ServerListCachePorts) {
    this.#ports = ports;
    this.#watch = new ListChangeDetector({
      ask: ports.ask,
      changed: ports.changed,
      read: (method, result, isFirstPage) => {
        if (method === toolList) this.#annotations.addPage(result, isFirstPage);
      },
    });
  }

  /** Records a response that the client gets. */
  answered({ method, bytes, params }: Message, response: Message): void {
    if (!method.endsWith('/list') || response.result === undefined) return;
    const isFirstPage = params === undefined || memberAt(bytes, params.start, 'cursor') === undefined;
    const result = parseSpan(response.bytes, response.result);
    this.#watch.recordShown(method, result, isFirstPage);
    if (method !== toolList) return;
    this.#clientKnowsTools = true;
    this.#annotations.addPage(result, isFirstPage);
  }

  /** The server says that its tools have changed. */
  toolsChanged(): void {
    this.#annotations.clear();
  }

  /** A new server has replaced the old one: finds out which lists differ. @param capabilities The new server's. */
  serverReplaced(capabilities: unknown): void {
    if (!this.#clientKnowsTools) this.#annotations.clear();
    void this.#watch.compare(capabilities);
  }

  /** The annotations of a tool. If its list was not read yet, the server is asked for it, for at most `maxWaitMs`. */
  annotationsOf(tool: string, maxWaitMs: number): ToolAnnotations | undefined | Promise<ToolAnnotations | undefined> {
    const known = this.#annotations.of(tool);
    return known !== undefined || this.#annotations.isComplete ? known : this.#fetch(tool, maxWaitMs);
  }

  async #fetch(tool: string, maxWaitMs: number): Promise<ToolAnnotations | undefined> {
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
    });
    await within(this.#ports.clock, maxWaitMs, [this.#reading]);
    return this.#annotations.of(tool);
  }

  async #read(): Promise<void> {
    for (let attempts = 0; attempts < maxAttempts; attempts += 1) {
      try {
        const isComplete = await readAllPages(toolList, this.#ports.ask, (result, isFirstPage) =>
          this.#annotations.addPage(result, isFirstPage),
        );
        // A server that refuses the list is not asked again at every failure.
        if (!isComplete) this.#annotations.isComplete = true;
        return;
      } catch {
        // That server is lost; the next one may respond.
      }
    }
  }
}

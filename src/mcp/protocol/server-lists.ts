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
  /** Whether the list is that of a server that is gone. */
  isStale = false;
  #tools = new Map<string, ToolAnnotations>();
  readonly #before = new Map<string, ToolAnnotations>();

  /** Adds one page. The first page of a list replaces all earlier ones. */
  addPage(result: unknown, isFirstPage: boolean): void {
    if (!isRecord(result) || !Array.isArray(result.tools)) return;
    if (isFirstPage) {
      this.clear();
      this.isStale = false;
    }
    this.isComplete = typeof result.nextCursor !== 'string';
    for (const tool of result.tools as unknown[]) {
      if (!isRecord(tool) || typeof tool.name !== 'string') continue;
      const hints = hintsOf(tool.annotations);
      const known = this.#tools.get(tool.name);
      // Of two tools with one name, which the protocol forbids, the one that may be called again less often counts.
      if (known === undefined || isLicence(known) || hints.destructiveHint === true) this.#tools.set(tool.name, hints);
    }
  }

  of(tool: string): ToolAnnotations | undefined {
    return this.#tools.get(tool);
  }

  /** What may be said of a tool whose present annotations are not known: the earlier ones, if they are no licence. */
  cautiousOf(tool: string): ToolAnnotations | undefined {
    const known = this.#tools.get(tool) ?? this.#before.get(tool);
    return known === undefined || isLicence(known) ? undefined : known;
  }

  /** Removes everything: the tools have changed, so their annotations no longer count. */
  clear(): void {
    for (const [tool, annotations] of this.#tools) this.#before.set(tool, annotations);
    this.#tools = new Map();
    this.isComplete = false;
  }

  /** The server refuses the list. */
  refused(): void {
    this.clear();
    this.isComplete = true;
    this.isStale = false;
  }
}

/** Whether hints allow a tool to be called again without harm. */
const isLicence = ({ readOnlyHint, idempotentHint }: ToolAnnotations): boolean =>
  readOnlyHint === true || idempotentHint === true;

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
  #reading: Promise<void> | undefined;
  #comparing: Promise<void> = Promise.resolve();
  /** Changes with each change of the tools: what was asked for before is not valid any more. */
  #epoch = 0;
  #comparedEpoch = 0;
  readonly #requested = new WeakMap<Message, number>();

  constructor(ports: ServerListCachePorts) {
    this.#ports = ports;
    this.#watch = new ListChangeDetector({
      ask: ports.ask,
      changed: ports.changed,
      read: (method, result, isFirstPage) => {
        if (method === toolList && this.#comparedEpoch === this.#epoch) this.#annotations.addPage(result, isFirstPage);
      },
    });
  }

  /** Records a request of the client. */
  requested(request: Message): void {
    if (request.method === toolList) this.#requested.set(request, this.#epoch);
  }

  /** Records a response that the client gets. */
  answered(request: Message, response: Message): void {
    const { method, bytes, params } = request;
    if (!method.endsWith('/list') || response.result === undefined) return;
    const isFirstPage = params === undefined || memberAt(bytes, params.start, 'cursor') === undefined;
    const result = parseSpan(response.bytes, response.result);
    this.#watch.recordShown(method, result, isFirstPage);
    if (method !== toolList || (this.#requested.get(request) ?? this.#epoch) !== this.#epoch) return;
    this.#annotations.addPage(result, isFirstPage);
  }

  /** The server says that its tools have changed. */
  toolsChanged(): void {
    this.#epoch += 1;
    this.#annotations.clear();
  }

  /** The server is lost. Another may replace it, with other tools. */
  serverLost(): void {
    this.#epoch += 1;
    this.#annotations.isStale = true;
  }

  /** A new server has replaced the old one: finds out which lists differ. @param capabilities The new server's. */
  serverReplaced(capabilities: unknown): void {
    this.toolsChanged();
    this.#comparedEpoch = this.#epoch;
    this.#comparing = this.#watch.compare(capabilities);
  }

  /** The annotations of a tool as far as they are known without asking; undefined if they are not, or may license a retry. */
  knownAnnotationsOf(tool: string): ToolAnnotations | undefined {
    const known = this.#annotations.of(tool);
    return known ?? (this.#annotations.isComplete ? {} : this.#annotations.cautiousOf(tool));
  }

  /**
   * The annotations of a tool as they were last known. If its list was not read yet, the server is asked for it, for at most
   * `maxWaitMs`.
   */
  annotationsOf(tool: string, maxWaitMs: number): ToolAnnotations | undefined | Promise<ToolAnnotations | undefined> {
    const known = this.#annotations.of(tool);
    return known !== undefined || this.#annotations.isComplete ? known : this.#fetch(tool, maxWaitMs);
  }

  /**
   * The annotations of a tool at the server that there is now, or that follows a lost one. If they cannot be had within
   * `maxWaitMs`, the tool counts as unannotated, unless it was more dangerous before.
   */
  currentAnnotationsOf(
    tool: string,
    maxWaitMs: number,
  ): ToolAnnotations | undefined | Promise<ToolAnnotations | undefined> {
    return this.#annotations.isStale ? this.#fetch(tool, maxWaitMs) : this.annotationsOf(tool, maxWaitMs);
  }

  async #fetch(tool: string, maxWaitMs: number): Promise<ToolAnnotations | undefined> {
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
    });
    await within(this.#ports.clock, maxWaitMs, [this.#reading]);
    const { isStale, isComplete } = this.#annotations;
    const known = isStale ? undefined : this.#annotations.of(tool);
    return known ?? (isComplete && !isStale ? undefined : this.#annotations.cautiousOf(tool));
  }

  async #read(): Promise<void> {
    for (let attempts = 0; attempts < maxAttempts; attempts += 1) {
      await this.#comparing;
      if (this.#annotations.isComplete && !this.#annotations.isStale) return;
      const epoch = this.#epoch;
      try {
        const isComplete = await readAllPages(toolList, this.#ports.ask, (result, isFirstPage) => {
          if (epoch !== this.#epoch) throw new Error('the tools have changed meanwhile');
          this.#annotations.addPage(result, isFirstPage);
        });
        if (epoch !== this.#epoch) continue;
        // A server that refuses the list is not asked again at every failure.
        if (!isComplete) this.#annotations.refused();
        return;
      } catch {
        // That server is lost, or its tools have changed; the next list may be read.
      }
    }
  }
}

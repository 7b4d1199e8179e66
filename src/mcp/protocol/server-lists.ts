import type { Clock } from '../../model/clock.ts';
import type { ToolAnnotations } from '../../model/run.ts';
import { within } from '../../platform/wait.ts';
import type { Message } from '../jsonrpc/message.ts';
import { memberAt, parseSpan } from '../jsonrpc/raw-json.ts';
import { ToolAnnotationCache } from './annotations.ts';
import { ListChangeDetector } from './catalog-watch.ts';
import type { ListKind } from './list-changes.ts';
import { type FetchPage, readAllPages } from './pages.ts';

export interface ServerListCachePorts {
  readonly clock: Clock;
  /** Asks the server under an id of healflow's own. Rejects where it is lost before it answers. */
  readonly ask: FetchPage;
  /** The new server has not what the client was given of the old one. */
  readonly changed: (kind: ListKind) => void;
}

const toolList = 'tools/list';
/** So many servers in a row may be lost over the question what their tools are. */
const mostTries = 5;

/** The lists of a server: what they tell of its tools, and what the client knows of them. */
export class ServerListCache {
  readonly #ports: ServerListCachePorts;
  readonly #annotations = new ToolAnnotationCache();
  readonly #watch: ListChangeDetector;
  #clientKnowsTools = false;
  #asking: Promise<void> | undefined;

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

  /** Takes note of an answer that the client gets. */
  answered({ method, bytes, params }: Message, answer: Message): void {
    if (!method.endsWith('/list') || answer.result === undefined) return;
    const isFirstPage = params === undefined || memberAt(bytes, params.start, 'cursor') === undefined;
    const result = parseSpan(answer.bytes, answer.result);
    this.#watch.recordShown(method, result, isFirstPage);
    if (method !== toolList) return;
    this.#clientKnowsTools = true;
    this.#annotations.addPage(result, isFirstPage);
  }

  /** The server says that its tools are no longer what they were. */
  toolsChanged(): void {
    this.#annotations.clear();
  }

  /** Another server is there: finds out in what it differs. @param capabilities What it has said that it offers. */
  serverReplaced(capabilities: unknown): void {
    if (!this.#clientKnowsTools) this.#annotations.clear();
    void this.#watch.compare(capabilities);
  }

  /** The annotations of a tool. A server whose tools nobody has asked for yet is asked, for at most so many ms. */
  annotationsOf(tool: string, patienceMs: number): ToolAnnotations | undefined | Promise<ToolAnnotations | undefined> {
    const known = this.#annotations.of(tool);
    return known !== undefined || this.#annotations.isWhole ? known : this.#askFor(tool, patienceMs);
  }

  async #askFor(tool: string, patienceMs: number): Promise<ToolAnnotations | undefined> {
    this.#asking ??= this.#learn().finally(() => {
      this.#asking = undefined;
    });
    await within(this.#ports.clock, patienceMs, [this.#asking]);
    return this.#annotations.of(tool);
  }

  async #learn(): Promise<void> {
    for (let tries = 0; tries < mostTries; tries += 1) {
      try {
        const isWhole = await readAllPages(toolList, this.#ports.ask, (result, isFirstPage) =>
          this.#annotations.addPage(result, isFirstPage),
        );
        // A server that refuses to tell is not asked at every failure.
        if (!isWhole) this.#annotations.isWhole = true;
        return;
      } catch {
        // That server is lost. The next one may tell.
      }
    }
  }
}

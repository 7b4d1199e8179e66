import type { ToolAnnotations } from '../../model/run.ts';
import { isRecord } from '../../text/is-record.ts';

/** What `tools/list` answers have told of the tools, gathered over the pages of one list. */
export class ToolAnnotationCache {
  /** Whether the list was read to its end, so that a tool that is not in it is in none. */
  isWhole = false;
  #tools = new Map<string, ToolAnnotations>();

  /** Takes in one page. The first page of a list takes the place of all that was known. */
  addPage(result: unknown, isFirstPage: boolean): void {
    if (!isRecord(result) || !Array.isArray(result.tools)) return;
    if (isFirstPage) this.#tools = new Map();
    this.isWhole = typeof result.nextCursor !== 'string';
    for (const tool of result.tools as unknown[]) {
      if (!isRecord(tool) || typeof tool.name !== 'string') continue;
      this.#tools.set(tool.name, hintsOf(tool.annotations));
    }
  }

  of(tool: string): ToolAnnotations | undefined {
    return this.#tools.get(tool);
  }

  /** Forgets everything: the tools have changed, and what they were promised to be no longer counts. */
  clear(): void {
    this.#tools.clear();
    this.isWhole = false;
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

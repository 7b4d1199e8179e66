import { readEventBatches } from '../event-log/read.ts';
import { parseTimestamp } from '../event-log/timestamp.ts';
import { detached } from '../text/detach.ts';
import { shortLine } from '../text/one-line.ts';
import { sigOf } from './knowledge.ts';
import type { RepairAction } from './model.ts';
import { signatureOf } from './signature.ts';

/** An argument that a tool may have suggested to the person who typed it. */
export interface Taint {
  /** Its place in the command, from 0. */
  readonly index: number;
  readonly argument: string;
  /** The output in which it appeared, shortened, and when. */
  readonly seenIn: string;
  readonly tool: string;
  readonly at: string;
}

/** What is recorded of one output of a tool. */
export interface RecordedOutput {
  readonly text: string;
  readonly tool: string;
  readonly at: string;
}

/** Shorter ones, such as `up` or `-v`, stand in many texts by chance. */
export const minTaintLength = 6;

/** What the check cannot see; to be told wherever its result is shown. */
export const taintLimits =
  'Only what the log holds can be checked: of each failing call the first failure, in one line of at most 300 characters, ' +
  'with secrets masked. Words of longer outputs, of outputs without a failure, and of calls before the log begins are not seen.';

/** What a tool may put into a word that a person leaves out when typing it: breaks, marks of a format, other signs. */
const noise = /[^\p{L}\p{N}]/gu;
const normal = (text: string): string => text.normalize('NFKC').toLowerCase();
const bare = (text: string): string => text.replace(noise, '');

/** The argument itself, and the parts that people and programs put together: `--host=a.example`, `user@host`, a path or URL. */
const partsOf = (argument: string): string[] => {
  const whole = normal(argument);
  return [...new Set([whole, ...whole.split(/[=,;:@/\\\s"'`]+/)].map(bare))].filter(
    (part) => part.length >= minTaintLength,
  );
};

/** Number of words of a command in a row that are found together, however short each is. */
const wordsInARow = 3;

const maxSeen = 120;

/** Collects which arguments of a command appeared in the outputs that it is shown. */
export class TaintScan {
  readonly #argv: readonly string[];
  readonly #parts: ReadonlyMap<number, readonly string[]>;
  /** Words in a row, each from its place on. */
  readonly #rows: readonly string[];
  readonly #found = new Map<number, Taint>();

  constructor(argv: readonly string[]) {
    this.#argv = argv;
    this.#parts = new Map(argv.map((argument, index) => [index, partsOf(argument)]));
    const words = argv.map((argument) => bare(normal(argument)));
    this.#rows = words.map((_, index) => words.slice(index, index + wordsInARow).join(''));
  }

  /** Sorted by place. */
  get taints(): readonly Taint[] {
    return [...this.#found.values()].sort((a, b) => a.index - b.index);
  }

  add({ text, tool, at }: RecordedOutput): void {
    if (this.#found.size === this.#argv.length) return;
    const output = bare(normal(text));
    const found = new Set<number>();
    for (const [index, parts] of this.#parts) if (parts.some((part) => output.includes(part))) found.add(index);
    const alone = new Set(found);
    for (const [index, row] of this.#rows.entries()) {
      const places = Array.from({ length: wordsInARow }, (_, offset) => index + offset);
      const isLong = index + wordsInARow <= this.#argv.length && row.length >= minTaintLength;
      // A word that is found by itself is enough to be typed again.
      if (isLong && !places.some((place) => alone.has(place)) && output.includes(row))
        for (const place of places) found.add(place);
    }
    for (const index of found) {
      if (this.#found.has(index)) continue;
      const argument = this.#argv[index] ?? '';
      const seenIn = detached(shortLine(text, maxSeen));
      this.#found.set(index, { index, argument, seenIn, tool: detached(tool), at: detached(at) });
    }
  }
}

export interface TaintOptions {
  readonly memoryDir: string;
  readonly action: RepairAction;
  /** The command of the lesson's probe, which is searched too. @default none */
  readonly probe?: readonly string[] | undefined;
  /** The signatures of the failure. */
  readonly signatures: readonly string[];
  /** The tools that reported it: what else they said counts too. */
  readonly tools: readonly string[];
  /** Only outputs until then count, in ms since the epoch: when the command was first run. @default all */
  readonly until?: number | undefined;
}

/**
 * Finds the arguments of a command that appeared in an output of a tool before the command was first run. A fix that is used by
 * its name has none: its command is in the configuration. Throws if the log cannot be read.
 *
 * @see taintLimits for what it cannot see.
 */
export const readTaint = async (options: TaintOptions): Promise<readonly Taint[]> => {
  const { memoryDir, action, probe = [], until = Number.POSITIVE_INFINITY } = options;
  if ('use' in action) return [];
  const scan = new TaintScan([...action.run, ...probe]);
  const [signatures, tools] = [new Set(options.signatures), new Set(options.tools)];
  let lastError = '';
  for await (const batch of readEventBatches(memoryDir)) {
    for (const event of batch) {
      const { error, tool, timestamp } = event;
      if (error === null || parseTimestamp(timestamp) > until) continue;
      // Most failures occur many times in a row.
      if (error === lastError) continue;
      if (!tools.has(tool) && !signatures.has(sigOf(event) ?? signatureOf(error).id)) continue;
      lastError = error;
      scan.add({ text: error, tool, at: timestamp });
    }
  }
  return scan.taints;
};

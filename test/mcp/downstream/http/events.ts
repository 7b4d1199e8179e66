export interface ReadEvent {
  readonly id: string | undefined;
  readonly data: string;
}

/** Reads the events of a response one by one, as they come. */
export class Events {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  readonly #queue: ReadEvent[] = [];
  readonly #decoder = new TextDecoder();
  #text = '';
  #waiting: (() => void)[] = [];
  #isOver = false;
  comments = 0;

  constructor(response: Response) {
    if (response.status !== 200) throw new Error(`no stream: ${response.status}`);
    this.#reader = response.body?.getReader();
    void this.#read();
  }

  /** The next event; undefined at the end of the stream. */
  async next(): Promise<ReadEvent | undefined> {
    while (this.#queue.length === 0 && !this.#isOver) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return this.#queue.shift();
  }

  /** The message in the next event. */
  async message(): Promise<Record<string, unknown> | undefined> {
    const event = await this.next();
    return event === undefined ? undefined : JSON.parse(event.data);
  }

  close(): void {
    void this.#reader?.cancel();
  }

  async #read(): Promise<void> {
    try {
      for (;;) {
        const { done, value } = (await this.#reader?.read()) ?? { done: true };
        if (done) break;
        this.#take(this.#decoder.decode(value, { stream: true }));
      }
    } catch {
      // The connection was cut.
    }
    this.#isOver = true;
    this.#wake();
  }

  #take(text: string): void {
    this.#text += text;
    const blocks = this.#text.split('\n\n');
    this.#text = blocks.pop() ?? '';
    for (const block of blocks) {
      const lines = block.split('\n');
      const of = (name: string): string[] =>
        lines.flatMap((line) => (line.startsWith(`${name}: `) ? [line.slice(name.length + 2)] : []));
      if (block.startsWith(':')) this.comments += 1;
      else this.#queue.push({ id: of('id')[0], data: of('data').join('\n') });
    }
    this.#wake();
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

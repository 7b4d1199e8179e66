import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { toolCall } from './timed.mjs';

const newline = 0x0a;

/** Starts a relay, sends it tool calls, and waits for the answers. */
export class Client {
  #child;
  #rest = [];
  #nextId = 0;
  #waiting = new Map();

  constructor(argv, options = {}) {
    const [command, ...args] = argv;
    this.#child = spawn(command, args, { ...options, stdio: ['pipe', 'pipe', 'inherit'] });
    this.#child.stdout.on('data', (chunk) => this.#read(chunk));
  }

  get pid() {
    return this.#child.pid;
  }

  #read(chunk) {
    let start = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      const piece = chunk.subarray(start, end);
      const line = this.#rest.length === 0 ? piece : Buffer.concat([...this.#rest, piece]);
      this.#rest = [];
      start = end + 1;
      // What else stands in the answer costs this client nothing, and so takes nothing from the relay.
      const [, id] = /"id":(\d+)/.exec(line.toString('latin1', 0, 60));
      const resolve = this.#waiting.get(Number(id));
      this.#waiting.delete(Number(id));
      resolve();
    }
    if (start < chunk.length) this.#rest.push(chunk.subarray(start));
  }

  call() {
    this.#nextId += 1;
    return this.ask(toolCall(this.#nextId));
  }

  ask(message) {
    return new Promise((resolve) => {
      this.#waiting.set(message.id, resolve);
      this.#child.stdin.write(`${JSON.stringify(message)}\n`);
    });
  }

  async close() {
    this.#child.stdin.end();
    await once(this.#child, 'close');
  }
}

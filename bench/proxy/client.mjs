import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { toolCall } from './timed.mjs';

/** Starts a relay, sends it tool calls, and waits for the responses. */
export class Client {
  #child;
  #rest = '';
  #nextId = 0;
  #waiting = new Map();

  constructor(argv, options = {}) {
    const [command, ...args] = argv;
    this.#child = spawn(command, args, { ...options, stdio: ['pipe', 'pipe', 'inherit'] });
    this.#child.stdout.setEncoding('utf8').on('data', (chunk) => {
      const lines = (this.#rest + chunk).split('\n');
      this.#rest = lines.pop();
      for (const line of lines) {
        const { id } = JSON.parse(line);
        this.#waiting.get(id)();
        this.#waiting.delete(id);
      }
    });
  }

  get pid() {
    return this.#child.pid;
  }

  call() {
    this.#nextId += 1;
    return this.request(toolCall(this.#nextId));
  }

  request(message) {
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

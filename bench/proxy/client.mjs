import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Starts a relay, sends it tool calls, and waits for the answers. */
export class Client {
  #child;
  #rest = '';
  #nextId = 0;
  #waiting = new Map();

  constructor(argv) {
    const [command, ...args] = argv;
    this.#child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
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

  call() {
    this.#nextId += 1;
    const id = this.#nextId;
    const params = { name: 'k8s_get_pods', arguments: { namespace: 'default', labels: 'app=web' } };
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.#child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params })}\n`);
    });
  }

  /** The time of each of so many calls, one after the other, in microseconds. */
  async oneByOne(calls) {
    const times = [];
    for (let count = 0; count < calls; count += 1) {
      const begin = process.hrtime.bigint();
      await this.call();
      times.push(Number(process.hrtime.bigint() - begin) / 1_000);
    }
    return times;
  }

  /** Calls a second, with so many always open. */
  async atOnce(calls, open) {
    let left = calls;
    const begin = process.hrtime.bigint();
    await Promise.all(
      Array.from({ length: open }, async () => {
        while (left > 0) {
          left -= 1;
          await this.call();
        }
      }),
    );
    return calls / (Number(process.hrtime.bigint() - begin) / 1e9);
  }

  async close() {
    this.#child.stdin.end();
    await once(this.#child, 'close');
  }
}

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RepairName } from './faults.ts';
import type { Scene } from './scene.ts';

/** What the programs of the suite report to, and ask: one HTTP server for all rows. */
export class Control {
  readonly #scenes = new Map<string, Scene>();
  readonly #server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const [, key = '', verb = '', name = ''] = (request.url ?? '').split('/');
    const scene = this.#scenes.get(key);
    const body = Buffer.concat(parts).toString();
    const text = scene === undefined ? undefined : await handle(scene, verb, name, body);
    response.writeHead(text === undefined ? 404 : 200).end(text);
  });
  #port = 0;

  static async open(): Promise<Control> {
    const control = new Control();
    control.#server.listen(0, '127.0.0.1');
    await once(control.#server, 'listening');
    control.#port = (control.#server.address() as AddressInfo).port;
    return control;
  }

  add(scene: Scene): string {
    this.#scenes.set(scene.key, scene);
    return `http://127.0.0.1:${this.#port}/${scene.key}`;
  }

  delete({ key }: Scene): void {
    this.#scenes.delete(key);
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

/** @returns the text of the response; undefined for 404. */
const handle = async (scene: Scene, verb: string, name: string, body: string): Promise<string | undefined> => {
  switch (verb) {
    case 'sent':
      scene.callSent(JSON.parse(body));
      return '';
    case 'ended': {
      scene.callEnded(JSON.parse(body).id, body);
      return '';
    }
    case 'given-up':
      scene.callGivenUp();
      return '';
    case 'fix':
      return scene.fixRan(name as RepairName);
    case 'alive':
      return '';
    case 'host':
      return scene.isResolved ? '' : undefined;
    default:
      return undefined;
  }
};

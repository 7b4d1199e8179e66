import { createServer, request, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';

/** A forward proxy on loopback: plain requests and tunnels (RFC 9110, section 9.3.6). */
export class ForwardProxy {
  /** What it was asked for: `CONNECT host:port`, or the method and the whole URL. */
  readonly asked: string[] = [];
  readonly #server: Server;

  constructor() {
    this.#server = createServer((incoming, response) => {
      this.asked.push(`${incoming.method} ${incoming.url}`);
      const { method, headers, url = '' } = incoming;
      const sent = request(url, { ...(method !== undefined && { method }), headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
        answer.pipe(response);
      });
      sent.on('error', () => response.writeHead(502).end());
      incoming.pipe(sent);
    });
    this.#server.on('connect', ({ url = '' }, socket, head) => {
      this.asked.push(`CONNECT ${url}`);
      const [host = '', port = ''] = url.split(':');
      const target = connect(Number(port), host, () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        target.write(head);
        target.pipe(socket).pipe(target);
      });
      for (const end of [target, socket]) end.on('error', () => socket.destroy());
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

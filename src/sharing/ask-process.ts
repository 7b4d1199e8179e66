import { request as httpRequest, type IncomingMessage } from 'node:http';
import type { ProcessCard } from './process-cards.ts';

const maxResponseBytes = 32 * 1024 * 1024;

/** Sends a request to another process of this user. Rejects unless the status is 200. */
export const openProcess = (
  { port, token }: Pick<ProcessCard, 'port' | 'token'>,
  path: string,
  signal: AbortSignal,
  method = 'GET',
): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const request = httpRequest(
      { host: '127.0.0.1', port, path, method, signal, headers: { authorization: `Bearer ${token}` } },
      (response) => {
        if (response.statusCode === 200) return resolve(response);
        response.resume();
        reject(new Error(`the process responded with status ${response.statusCode}`));
      },
    );
    request.on('error', reject);
    // Does not keep this process alive.
    request.on('socket', (socket) => socket.unref());
    request.end();
  });

/** Fetches a JSON response from another process. */
export const fetchFromProcess = async <T>(
  card: Pick<ProcessCard, 'port' | 'token'>,
  path: string,
  signal: AbortSignal,
  method = 'GET',
): Promise<T> => {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of await openProcess(card, path, signal, method)) {
    length += (chunk as Buffer).length;
    if (length > maxResponseBytes) throw new Error('the response of the process is too large');
    chunks.push(chunk as Buffer);
  }
  return JSON.parse(Buffer.concat(chunks).toString('utf8')) as T;
};

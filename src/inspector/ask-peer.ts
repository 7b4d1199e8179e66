import { get, type IncomingMessage } from 'node:http';
import type { PeerInfo } from './peer-files.ts';

const maxResponseBytes = 32 * 1024 * 1024;

/** Sends a request to another process. Rejects unless the status is 200. */
export const openPeer = (
  { port, token }: Pick<PeerInfo, 'port' | 'token'>,
  path: string,
  signal: AbortSignal,
): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const request = get(
      { host: '127.0.0.1', port, path, signal, headers: { authorization: `Bearer ${token}` } },
      (response) => {
        if (response.statusCode === 200) return resolve(response);
        response.resume();
        reject(new Error(`the process responded with status ${response.statusCode}`));
      },
    );
    request.on('error', reject);
    // Does not keep this process alive.
    request.on('socket', (socket) => socket.unref());
  });

/** Fetches a JSON response from another process. */
export const fetchFromPeer = async <T>(
  card: Pick<PeerInfo, 'port' | 'token'>,
  path: string,
  signal: AbortSignal,
): Promise<T> => {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of await openPeer(card, path, signal)) {
    length += (chunk as Buffer).length;
    if (length > maxResponseBytes) throw new Error('the response of the process is too large');
    chunks.push(chunk as Buffer);
  }
  return JSON.parse(Buffer.concat(chunks).toString('utf8')) as T;
};

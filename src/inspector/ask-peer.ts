import { get, type IncomingMessage } from 'node:http';
import type { PeerInfo } from './peer-files.ts';

const largestAnswer = 32 * 1024 * 1024;

/** Asks another process. Rejects where it does not answer with a status of 200. */
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
        reject(new Error(`the process answered ${response.statusCode}`));
      },
    );
    request.on('error', reject);
    // Nobody waits for it alone.
    request.on('socket', (socket) => socket.unref());
  });

/** The same for an answer in JSON. */
export const fetchFromPeer = async <T>(
  card: Pick<PeerInfo, 'port' | 'token'>,
  path: string,
  signal: AbortSignal,
): Promise<T> => {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of await openPeer(card, path, signal)) {
    length += (chunk as Buffer).length;
    if (length > largestAnswer) throw new Error('the process answered with more than can be');
    chunks.push(chunk as Buffer);
  }
  return JSON.parse(Buffer.concat(chunks).toString('utf8')) as T;
};

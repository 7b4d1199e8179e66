import type { IncomingMessage } from 'node:http';

/** A request's body is longer than allowed; the response is 413. */
export class BodyTooLargeError extends Error {
  override readonly name = 'BodyTooLargeError';
  readonly status = 413;

  constructor(maxBytes: number) {
    super(`Content Too Large: the limit is ${maxBytes} bytes`);
  }
}

/**
 * Reads the whole body of a request, and never holds more than `maxBytes` of it. The server reads and drops the rest once
 * the response is sent.
 *
 * @throws BodyTooLargeError if it is longer.
 * @throws Error if the client disconnects before it has sent all.
 */
export const readBody = (request: IncomingMessage, maxBytes: number): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const finish = (error?: Error): void => {
      request.off('data', onData).off('end', onEnd).off('error', onGone).off('close', onGone);
      if (error === undefined) resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, length));
      else reject(error);
    };
    const onData = (chunk: Buffer): void => {
      length += chunk.length;
      if (length <= maxBytes) {
        chunks.push(chunk);
        return;
      }
      finish(new BodyTooLargeError(maxBytes));
      request.resume();
    };
    const onEnd = (): void => finish();
    const onGone = (): void => finish(new Error('the client has gone before it had sent its request'));
    if (Number(request.headers['content-length'] ?? 0) > maxBytes) {
      reject(new BodyTooLargeError(maxBytes));
      request.resume();
      return;
    }
    request.on('data', onData).on('end', onEnd).on('error', onGone).on('close', onGone);
  });

import { type Listening, serve } from './http.ts';

/** A build server that can be made to fail. */
export interface FlakyBuilds extends Pick<Listening, 'url' | 'close'> {
  /** Number of failed requests. */
  readonly failed: number;
  /** Number of successful requests. */
  readonly answered: number;
  /** Makes the next requests fail: the first with a connection reset, the others with status 503. */
  failNext(requests: number): void;
}

/** Starts the build server. */
export const startFlakyBuilds = async (): Promise<FlakyBuilds> => {
  let toFail = 0;
  let failed = 0;
  let answered = 0;
  let resetNext = false;
  const { url, close } = await serve((request, response) => {
    if (toFail > 0) {
      toFail -= 1;
      failed += 1;
      if (resetNext) {
        resetNext = false;
        request.socket.resetAndDestroy();
        return;
      }
      response.writeHead(503, { 'content-type': 'text/plain' }).end('the build server is starting');
      return;
    }
    answered += 1;
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ build: 'green' }));
  });
  return {
    url,
    close,
    get failed() {
      return failed;
    },
    get answered() {
      return answered;
    },
    failNext: (requests) => {
      toFail = requests;
      resetNext = true;
    },
  };
};

import { type Listening, serve } from './http.ts';

/** A build server that can be made to stumble. */
export interface FlakyBuilds extends Pick<Listening, 'url' | 'close'> {
  /** How many requests it has let down. */
  readonly stumbled: number;
  /** How many requests it has answered. */
  readonly answered: number;
  /** Lets the next requests down: the first one by a reset of its connection, the others with status 503. */
  failNext(requests: number): void;
}

/** Starts the build server. */
export const startStumblingBuilds = async (): Promise<FlakyBuilds> => {
  let ahead = 0;
  let stumbled = 0;
  let answered = 0;
  let resetNext = false;
  const { url, close } = await serve((request, response) => {
    if (ahead > 0) {
      ahead -= 1;
      stumbled += 1;
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
    get stumbled() {
      return stumbled;
    },
    get answered() {
      return answered;
    },
    failNext: (requests) => {
      ahead = requests;
      resetNext = true;
    },
  };
};

import { type Listening, serveJson } from './http.ts';

/** A package server with an index of the path of each package. */
export interface Packages extends Pick<Listening, 'url' | 'close'> {
  /** Number of reads of the index. */
  readonly indexReads: number;
  /** Number of requests for paths that do not exist. */
  readonly notFound: number;
  /** Moves all packages to new paths, which makes older copies of the index stale. */
  republish(): void;
}

const names = ['paper', 'scissors', 'stone'];

/** Starts the server. */
export const startPackages = async (): Promise<Packages> => {
  let edition = 1;
  let indexReads = 0;
  let notFound = 0;
  const place = (name: string): string => `/packages/${name}-${edition}.json`;
  const { url, close } = await serveJson((_method, path) => {
    if (path === '/index.json') {
      indexReads += 1;
      return { status: 200, body: Object.fromEntries(names.map((name) => [name, place(name)])) };
    }
    const name = names.find((candidate) => place(candidate) === path);
    if (name !== undefined) return { status: 200, body: { name, edition } };
    notFound += 1;
    return { status: 404, body: { error: 'not found' } };
  });
  return {
    url,
    close,
    get indexReads() {
      return indexReads;
    },
    get notFound() {
      return notFound;
    },
    republish: () => {
      edition += 1;
    },
  };
};

import { type Listening, serveJson } from './http.ts';

/** A server of packages, and the index that tells where each of them is. */
export interface Packages extends Pick<Listening, 'url' | 'close'> {
  /** How often the index was fetched. */
  readonly indexReads: number;
  /** How many requests asked for what is no longer there. */
  readonly notFound: number;
  /** Publishes everything anew, at new places: an older index then leads nowhere. */
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

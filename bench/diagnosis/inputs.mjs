import { readFileSync } from 'node:fs';
import { outputOf } from '../../dist/src/diagnosis/index.js';

export const corpus = readFileSync(new URL('../../test/diagnosis/outputs.jsonl', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line))
  .map(({ id, tool, channel, text }) => ({ id, length: text.length, output: outputOf(tool, channel, text) }));

const thrown = (error) => ({ tool: 'tool', channel: 'exception', error });

/** Thrown errors. */
export const errors = {
  withCode: thrown(
    Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED', syscall: 'connect' }),
  ),
  withWords: thrown(new Error('You must be logged in to the server')),
  /** Matches no pattern, although some words are those of user patterns. */
  unknown: thrown(new Error('shop: the lease 4711 has been revoked by the broker (request 81)')),
  /** Matches the second user pattern. */
  own: thrown(new Error('shop: the quota 1 was expired')),
};

const fill = (line, size) => line.repeat(Math.ceil(size / line.length)).slice(0, size);
const result = (text) => ({ content: [{ type: 'text', text }] });
const shapes = {
  'a table': (size) =>
    `NAME                 READY   STATUS    RESTARTS   AGE\n${fill('web-6b7f9c-x2x       1/1     Running   0          2d\n', size)}`,
  'a log': (size) => fill('2026-11-24T00:26:12.000Z INFO  GET /v1/cart 200 12ms\n', size),
  prose: (size) => fill('This library wraps a small client for the shop services. It keeps one pool per host. ', size),
  JSON: (size) =>
    JSON.stringify({
      items: Array.from({ length: size / 80 }, (_, id) => ({
        id,
        kind: 'Deployment',
        labels: { app: 'shop', tier: 'web' },
        replicas: 3,
      })),
    }),
};

/** Results of successful calls, of the usual shapes. */
export const healthy = Object.entries(shapes).map(([shape, make]) => ({
  shape,
  sizes: [1_000, 1_000_000].map((size) => result(make(size))),
}));

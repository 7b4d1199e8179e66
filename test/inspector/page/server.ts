// A fake of healflow's inspector server: it serves the built page, and generated runs over the same API.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Chart } from '../../../machines/chart.ts';
import type { LearningApi } from '../../../src/inspector/learning-api.ts';
import type {
  DecisionRequest,
  Health,
  Mode,
  RunDetail,
  RunsPage,
  Totals,
} from '../../../src/inspector/page/api/types.ts';
import { summaryOf, totalsOf } from './data.ts';
import type { PageFleet } from './fleet.ts';

const built = fileURLToPath(new URL('../../../dist/inspector-page/', import.meta.url));

const files: Readonly<Record<string, readonly [name: string, type: string]>> = {
  '/': ['index.html', 'text/html; charset=utf-8'],
  '/app.js': ['app.js', 'text/javascript; charset=utf-8'],
  '/app.css': ['app.css', 'text/css; charset=utf-8'],
  '/icon.svg': ['icon.svg', 'image/svg+xml'],
};

const safe = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

const healthAt = (now: number): Health => ({
  breakers: [
    { upstream: 'k8s', state: 'Closed', until: null },
    { upstream: 'gitlab', state: 'Open', until: now + 21_000 },
    { upstream: 'postgres', state: 'HalfOpen', until: null },
  ],
  cooldowns: [{ key: 'host:kube_login:staging', fix: 'kube_login', until: now + 48_000 }],
  budgets: [
    { key: 'host:kube_login:staging', used: 2, of: 3, windowMs: 600_000 },
    { key: 'retries of k8s', used: 4, of: 20, windowMs: 60_000 },
  ],
  processes: [
    { id: 'process-1', pid: 4211, title: 'healflow proxy -- k8s-server', startedAt: now - 7_200_000, alive: true },
    { id: 'process-2', pid: 4380, title: 'healflow proxy -- gitlab-server', startedAt: now - 3_100_000, alive: true },
  ],
});

const matches = (run: RunDetail, query: URLSearchParams): boolean => {
  for (const [name, value] of [
    ['tool', run.tool],
    ['class', run.class],
    ['outcome', run.status],
  ] as const) {
    if (query.get(name) && query.get(name) !== value) return false;
  }
  const fix = query.get('fix');
  if (fix && !run.fixes.includes(fix)) return false;
  const sought = query.get('q')?.toLowerCase();
  if (!sought) return true;
  return [run.tool, run.error, run.pattern, run.class, run.runId, ...run.fixes].some((text) =>
    text?.toLowerCase().includes(sought),
  );
};

/** Starts one on a free port. */
export const startPageServer = async ({
  runs = [],
  chart,
  mode = { mode: 'live' },
  folder = built,
  fleet,
  learning,
}: {
  readonly runs?: readonly RunDetail[];
  readonly chart: Chart;
  readonly mode?: Mode;
  readonly folder?: string;
  readonly fleet?: PageFleet;
  readonly learning?: LearningApi;
}) => {
  const token = randomBytes(24).toString('base64url');
  const streams = new Set<ServerResponse>();
  const requested: string[] = [];
  const state: { runs: readonly RunDetail[]; totals: Totals; failing: RegExp | null } = {
    runs: [...runs],
    totals: totalsOf(runs),
    failing: null,
  };
  let lastEvent = 0;

  const modeNow = () => ({
    version: '0.1.0',
    now: Date.now(),
    ...mode,
    ...(fleet && { fleet: true }),
    ...(learning && { learning: learning.hasAny }),
  });
  const answers: Readonly<Record<string, (query: URLSearchParams) => unknown>> = {
    '/api/mode': modeNow,
    '/api/chart': () => chart,
    '/api/totals': () => state.totals,
    '/api/health': () => healthAt(Date.now()),
    '/api/runs': (query): RunsPage => {
      const found = state.runs.filter((run) => matches(run, query));
      const from = query.get('cursor') ? found.findIndex(({ runId }) => runId === query.get('cursor')) + 1 : 0;
      const page = found.slice(from, from + Number(query.get('limit') ?? 200));
      const more = from + page.length < found.length;
      return { runs: page.map(summaryOf), next: more ? (page.at(-1)?.runId ?? null) : null, total: found.length };
    },
  };

  const send = (response: ServerResponse, status: number, body: unknown): void => {
    response.writeHead(status, { ...safe, 'content-type': 'application/json', 'cache-control': 'no-store' });
    response.end(JSON.stringify(body));
  };

  const ofOne = (path: string): unknown => {
    const [, id, exported] = /^\/api\/runs\/([^/]+)(\/export)?$/.exec(path) ?? [];
    const run = id === undefined ? undefined : state.runs.find(({ runId }) => runId === decodeURIComponent(id));
    if (!run) return undefined;
    return exported ? { healflowExport: 1, exportedAt: Date.now(), version: '0.1.0', chart, run } : run;
  };

  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
    requested.push(pathname);
    const file = files[pathname];
    if (file) {
      response.writeHead(200, { ...safe, 'content-type': file[1], 'cache-control': 'no-cache' });
      response.end(await readFile(join(folder, file[0])));
      return;
    }
    if (request.headers.authorization !== `Bearer ${token}`) {
      return send(response, 401, { error: { code: 'TOKEN', message: 'the token is missing or wrong' } });
    }
    if (state.failing?.test(pathname)) {
      return send(response, 500, { error: { code: 'BROKEN', message: 'the log could not be read' } });
    }
    if (request.method === 'POST') {
      const body: unknown = JSON.parse(Buffer.concat(await request.toArray()).toString());
      const changed = learning?.changes.accepts(pathname)
        ? await learning.changes.handle(pathname, body)
        : fleet?.decide(pathname.split('/').at(-1) ?? '', body as DecisionRequest);
      if (changed !== undefined) return send(response, changed.status, changed.body);
    }
    if (pathname === '/api/stream') {
      response.writeHead(200, { ...safe, 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      response.write(`event: hello\ndata: ${JSON.stringify({ ...modeNow(), mode: 'live' })}\n\n`);
      streams.add(response);
      response.on('close', () => streams.delete(response));
      return;
    }
    const answer =
      answers[pathname]?.(searchParams) ??
      fleet?.read(pathname) ??
      (await learning?.handle(pathname, searchParams)) ??
      ofOne(pathname);
    if (answer === undefined) return send(response, 404, { error: { code: 'GONE', message: 'not found' } });
    send(response, 200, answer);
  });
  let port = 0;
  const open = async () => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    ({ port } = server.address() as AddressInfo);
  };
  await open();

  const push = (event: string, data: unknown): void => {
    lastEvent += 1;
    for (const stream of streams) stream.write(`id: ${lastEvent}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  };

  const put = (run: RunDetail): void => {
    state.runs = [run, ...state.runs.filter(({ runId }) => runId !== run.runId)];
    push('run', summaryOf(run));
  };

  /** Replays a finished run: each `next()` takes one step and returns the entered state. */
  const live = function* (run: RunDetail): Generator<string> {
    for (const [at, step] of run.steps.entries()) {
      const last = at + 1 === run.steps.length;
      const sofar: RunDetail = {
        ...run,
        status: 'running',
        endedAt: null,
        durationMs: null,
        state: step.to,
        steps: run.steps.slice(0, at + 1),
        fixReports: [],
        attemptsList: [],
      };
      put(last ? run : sofar);
      push('step', { runId: run.runId, step });
      if (last) {
        state.totals = totalsOf(state.runs);
        push('totals', state.totals);
      }
      yield step.to;
    }
  };

  const stop = async (): Promise<void> => {
    server.close();
    server.closeAllConnections();
  };

  return {
    url: `http://127.0.0.1:${port}/#token=${token}`,
    token,
    /** The requested paths. */
    requested,
    viewers: (): number => streams.size,
    push,
    /** Responds to matching requests with an error; null disables it. */
    fail: (paths: RegExp | null): void => {
      state.failing = paths;
    },
    /** Adds or replaces a run, and notifies the viewers. */
    put,
    live,
    /** Closes every connection and stops listening, like a program that has ended. */
    stop,
    open,
    close: stop,
  };
};

export type PageServer = Awaited<ReturnType<typeof startPageServer>>;

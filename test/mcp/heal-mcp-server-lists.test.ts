import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server as V1Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { CallToolRequestSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import * as v2 from '@modelcontextprotocol/server';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Healer } from '../../src/healer/healer.ts';
import { healMcpServer } from '../../src/mcp/index.ts';
import { ScriptedError, scriptedFix, testHealer } from '../support/healer.ts';

type List = (cursor: string | undefined) => unknown;
type Call = () => unknown;

const info = { name: 'fixture', version: '1.0.0' };
const capabilities = { capabilities: { tools: {} } };
const request = {
  method: 'POST',
  headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
  body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'tool', arguments: {} } }),
};

/** Calls the tool of a server over HTTP without sessions, which is a new instance for each request. */
const sdks: Record<string, (healer: Healer, list: List | undefined, call: Call) => Promise<string>> = {
  v1: async (healer, list, call) => {
    const http = createServer((incoming, response) => {
      const server = healMcpServer(new V1Server(info, capabilities), healer);
      if (list !== undefined)
        server.setRequestHandler(ListToolsRequestSchema, ({ params }) => list(params?.cursor) as never);
      server.setRequestHandler(CallToolRequestSchema, () => call() as never);
      const transport = new StreamableHTTPServerTransport({});
      void server.connect(transport as never).then(() => transport.handleRequest(incoming, response));
    });
    onTestFinished(() => {
      http.closeAllConnections();
      http.close();
    });
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    const response = await fetch(`http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp`, request);
    return response.text();
  },
  v2: async (healer, list, call) => {
    const handler = v2.createMcpHandler(() => {
      const server = healMcpServer(new v2.Server(info, capabilities), healer);
      if (list !== undefined) server.setRequestHandler('tools/list', ({ params }) => list(params?.cursor) as never);
      server.setRequestHandler('tools/call', () => call() as never);
      return server;
    });
    onTestFinished(() => handler.close());
    const response = await handler.fetch(new Request('http://127.0.0.1/mcp', request));
    return response.text();
  },
};

const inputSchema = { type: 'object' };
const readOnly = { name: 'tool', inputSchema, annotations: { readOnlyHint: true } };
const other = { name: 'other', inputSchema, annotations: { destructiveHint: true } };
const fine = { content: [{ type: 'text', text: 'fine' }] };
const cutOff = () =>
  new ScriptedError({ class: 'network', fixes: ['retry_backoff'], situation: 'interrupted', delivered: 'maybe' });

/** Fails the first call, which may be repeated only if the tool is read-only. */
const callOnce = async (sdk: string, list: List | undefined) => {
  const { healer, records } = testHealer([scriptedFix('retry_backoff')]);
  let calls = 0;
  const text = await sdks[sdk]?.(healer, list, () => {
    calls += 1;
    if (calls === 1) throw cutOff();
    return fine;
  });
  return { calls, text, kind: records[0]?.kind };
};

describe.each(['v1', 'v2'])(
  'the annotations of a low-level server that was never asked for its tools, SDK %s,',
  (sdk) => {
    it('are those of its own list', async () => {
      const outcome = await callOnce(sdk, () => ({ tools: [other, readOnly] }));
      expect(outcome).toMatchObject({ calls: 2, kind: 'read-only' });
      expect(outcome.text).toContain('fine');
    });

    it('may be on a later page', async () => {
      const list: List = (cursor) =>
        cursor === undefined ? { tools: [other], nextCursor: '2' } : { tools: [readOnly] };
      expect(await callOnce(sdk, list)).toMatchObject({ calls: 2, kind: 'read-only' });
    });

    it('are asked for again before a retry', async () => {
      let asked = 0;
      const list: List = () => {
        asked += 1;
        return {
          tools: [{ ...readOnly, annotations: asked === 1 ? { readOnlyHint: true } : { destructiveHint: true } }],
        };
      };
      expect(await callOnce(sdk, list)).toMatchObject({ calls: 1, kind: 'destructive' });
    });

    it.each<[string, List | undefined]>([
      ['there is no list', undefined],
      ['the list fails', () => Promise.reject(new Error('no list'))],
      ['the tool is not listed', () => ({ tools: [other] })],
    ])('are none if %s', async (_what, list) => {
      expect(await callOnce(sdk, list)).toMatchObject({ calls: 1, kind: 'unannotated' });
    });

    it('are not asked for if the call succeeds', async () => {
      let asked = 0;
      const list: List = () => {
        asked += 1;
        return { tools: [readOnly] };
      };
      const text = await sdks[sdk]?.(testHealer().healer, list, () => fine);
      expect(text).toContain('fine');
      expect(asked).toBe(0);
    });
  },
);

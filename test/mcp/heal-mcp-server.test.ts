import * as v2Client from '@modelcontextprotocol/client';
import { Client as V1Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport as V1Transport } from '@modelcontextprotocol/sdk/inMemory.js';
import { Server as V1Server } from '@modelcontextprotocol/sdk/server/index.js';
import { McpServer as V1McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { CallToolRequestSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import * as v2 from '@modelcontextprotocol/server';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Healer } from '../../src/healer/healer.ts';
import { healingMetaKey, healMcpServer } from '../../src/mcp/index.ts';
import { hasBegun } from '../../src/model/begun.ts';
import { ScriptedError, scriptedFix, testHealer } from '../support/healer.ts';

interface CallResult {
  readonly content?: unknown;
  readonly isError?: boolean;
  readonly _meta?: Record<string, unknown>;
}

interface TestClient {
  callTool(params: { name: string; arguments?: Record<string, unknown> }): Promise<unknown>;
  close(): Promise<void>;
}

type Handler = (args: { cluster?: string }, context: unknown) => Promise<CallResult>;

const text = (said: string): { content: { type: 'text'; text: string }[] } => ({
  content: [{ type: 'text', text: said }],
});

const info = { name: 'fixture', version: '1.0.0' };
const hints = { readOnlyHint: true };
const inputSchema = { cluster: z.string().optional() };
const jsonSchema = { type: 'object' as const, properties: { cluster: { type: 'string' } } };

const connectV1 = async (server: { connect(transport: V1Transport): Promise<void> }): Promise<TestClient> => {
  const [near, far] = V1Transport.createLinkedPair();
  const client = new V1Client(info);
  await Promise.all([server.connect(far), client.connect(near)]);
  return client;
};

const connectV2 = async (server: { connect(transport: v2.InMemoryTransport): Promise<void> }): Promise<TestClient> => {
  const [near, far] = v2.InMemoryTransport.createLinkedPair();
  const client = new v2Client.Client(info);
  await Promise.all([server.connect(far), client.connect(near)]);
  return client;
};

/** Every kind of server that can be healed, each with one tool. */
const servers: Record<string, (healer: Healer, handler: Handler) => Promise<TestClient>> = {
  'McpServer of v2': (healer, handler) => {
    const server = healMcpServer(new v2.McpServer(info), healer);
    server.registerTool('tool', { inputSchema: z.object(inputSchema), annotations: hints }, handler as never);
    return connectV2(server);
  },
  'Server of v2': (healer, handler) => {
    const server = healMcpServer(new v2.Server(info, { capabilities: { tools: {} } }), healer);
    server.setRequestHandler('tools/list', () => ({
      tools: [{ name: 'tool', inputSchema: jsonSchema, annotations: hints }],
    }));
    server.setRequestHandler(
      'tools/call',
      (request, context) => handler((request.params.arguments ?? {}) as never, context) as never,
    );
    return connectV2(server);
  },
  'McpServer of v1': (healer, handler) => {
    const server = healMcpServer(new V1McpServer(info), healer);
    server.registerTool('tool', { inputSchema, annotations: hints }, handler as never);
    return connectV1(server);
  },
  'McpServer of v1, by tool()': (healer, handler) => {
    const server = healMcpServer(new V1McpServer(info), healer);
    server.tool('tool', 'a tool', inputSchema, hints, handler as never);
    return connectV1(server);
  },
  'Server of v1': (healer, handler) => {
    const server = healMcpServer(new V1Server(info, { capabilities: { tools: {} } }), healer);
    server.setRequestHandler(ListToolsRequestSchema, () => ({
      tools: [{ name: 'tool', inputSchema: jsonSchema, annotations: hints }],
    }));
    server.setRequestHandler(
      CallToolRequestSchema,
      (request, extra) => handler((request.params.arguments ?? {}) as never, extra) as never,
    );
    return connectV1(server);
  },
};

const call = async (client: TestClient, args = {}): Promise<CallResult> => {
  try {
    return (await client.callTool({ name: 'tool', arguments: args })) as CallResult;
  } finally {
    await client.close();
  }
};

describe.each(Object.entries(servers))('healMcpServer on the %s', (name, start) => {
  const lowLevel = name.startsWith('Server');

  it('heals a tool that throws', async () => {
    const { healer, records } = testHealer();
    let calls = 0;
    const client = await start(healer, async () => {
      if (++calls === 1) throw new ScriptedError();
      return text('fine');
    });
    expect(await call(client)).toMatchObject({
      ...text('fine'),
      _meta: {
        [healingMetaKey]: { outcome: 'healed', attempts: 2, class: 'auth', fixes: ['token_refresh: succeeded'] },
      },
    });
    expect({ calls, recorded: records.length }).toEqual({ calls: 2, recorded: 1 });
  });

  it('heals a tool that returns an isError result, and keeps its other metadata', async () => {
    const { healer } = testHealer();
    let calls = 0;
    const client = await start(healer, async () =>
      ++calls === 1 ? { ...text('Unauthorized'), isError: true } : { ...text('fine'), _meta: { 'acme/page': 2 } },
    );
    expect(await call(client)).toMatchObject({
      ...text('fine'),
      _meta: { 'acme/page': 2, [healingMetaKey]: { attempts: 2 } },
    });
  });

  it('marks the failure of a tool that has reported progress', async () => {
    const { healer } = testHealer();
    const errors: ScriptedError[] = [];
    const client = await start(healer, async (_args, context) => {
      if (errors.length === 2) return text('fine');
      const { sendNotification, mcpReq } = context as { [key: string]: { notify?: unknown } | undefined };
      const notify = (sendNotification ?? mcpReq?.notify) as (message: object) => Promise<void>;
      const params = { progressToken: 1, progress: 1 };
      if (errors.length === 0) await notify({ method: 'notifications/progress', params });
      errors.push(new ScriptedError());
      throw errors.at(-1);
    });
    await call(client).catch(() => {});
    // Each attempt counts on its own.
    expect(errors.map(hasBegun)).toEqual([true, false].slice(0, errors.length));
    expect(errors.length).toBeGreaterThan(0);
  });

  it('passes a healthy result as it is', async () => {
    const { healer, healthy } = testHealer();
    const client = await start(healer, async () => text('fine'));
    const result = await call(client);
    expect(result).toMatchObject(text('fine'));
    expect(result._meta?.[healingMetaKey]).toBeUndefined();
    expect(healthy).toEqual(['tool']);
  });

  it("gives the tool's own error where nothing heals it", async () => {
    const { healer } = testHealer([]);
    const client = await start(healer, async () => {
      throw new ScriptedError({ summary: 'no luck' });
    });
    if (lowLevel) await expect(call(client)).rejects.toThrow('no luck');
    else expect(await call(client)).toMatchObject({ ...text('no luck'), isError: true });
  });

  it('tells the fix the arguments of the call, and the engine the kind of the tool', async () => {
    const seen: unknown[] = [];
    const { healer, records } = testHealer([], {
      selectFix: (fix, { args }) => {
        seen.push(args);
        return scriptedFix(fix);
      },
    });
    let calls = 0;
    const client = await start(healer, async () => {
      if (++calls === 1) throw new ScriptedError();
      return text('fine');
    });
    await call(client, { cluster: 'staging' });
    expect(seen).toEqual([{ cluster: 'staging' }]);
    expect(records).toMatchObject([{ kind: 'read-only' }]);
  });

  it.skipIf(lowLevel)('heals a tool whose callback was replaced by update()', async () => {
    const { healer } = testHealer();
    const server = healMcpServer(name.includes('v2') ? new v2.McpServer(info) : new V1McpServer(info), healer);
    let calls = 0;
    const registered = (server as V1McpServer).registerTool('tool', {}, async () => text('old'));
    registered.update({
      callback: async () => {
        if (++calls === 1) throw new ScriptedError();
        return text('new');
      },
    });
    const client = await (name.includes('v2') ? connectV2(server as never) : connectV1(server as never));
    expect(await call(client)).toMatchObject(text('new'));
  });

  it.skipIf(lowLevel)('goes by the annotations and the name that a tool was given last', async () => {
    const { healer, records } = testHealer([]);
    const server = healMcpServer(name.includes('v2') ? new v2.McpServer(info) : new V1McpServer(info), healer);
    const registered = (server as V1McpServer).registerTool('old', { annotations: hints }, async () => {
      throw new ScriptedError();
    });
    registered.update({ name: 'tool', annotations: { destructiveHint: true } });
    registered.update({ title: 'Tool' });
    const client = await (name.includes('v2') ? connectV2(server as never) : connectV1(server as never));
    await call(client);
    expect(records).toMatchObject([{ tool: 'tool', kind: 'destructive' }]);
  });
});

describe('healMcpServer', () => {
  it('refuses what is no server', () => {
    expect(() => healMcpServer({}, testHealer().healer)).toThrow(/expected an McpServer or a Server/);
  });
});

describe('a request that was cancelled before its tool is called', () => {
  it.each([
    ['SDK v1', (signal: AbortSignal) => ({ signal })],
    ['SDK v2', (signal: AbortSignal) => ({ mcpReq: { signal } })],
  ])('never reaches the tool, in %s', async (_, contextOf) => {
    const { healer } = testHealer();
    const reason = new Error('cancelled');
    const context = contextOf(AbortSignal.abort(reason));
    let calls = 0;
    const tool = async () => text(String(++calls));
    type Registered = (...args: unknown[]) => Promise<unknown>;
    let registered: Registered = tool;
    const register = (...args: unknown[]) => {
      registered = args.at(-1) as Registered;
    };
    healMcpServer({ registerTool: register }, healer).registerTool('tool', {}, tool);
    await expect(registered({}, context)).rejects.toBe(reason);
    healMcpServer({ setRequestHandler: register }, healer).setRequestHandler('tools/call', tool);
    await expect(registered({ params: { name: 'tool' } }, context)).rejects.toBe(reason);
    expect(calls).toBe(0);
  });
});

/** The MCP server of the demo: `server.js FACTS`. It does not depend on healflow. */
import { readFileSync } from 'node:fs';
import { McpServer } from '@modelcontextprotocol/server';
import { StdioServerTransport } from '@modelcontextprotocol/server/stdio';
import { z } from 'zod';
import { demoTools } from '../tools.ts';
import type { WorldFacts } from '../world/facts.ts';

const facts = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as WorldFacts;
const server = new McpServer({ name: 'demo', version: '1.0.0' });

for (const { name, description, argument, readOnly, call } of demoTools) {
  const inputSchema = z.object(argument === undefined ? {} : { [argument]: z.string() });
  const annotations = readOnly ? { annotations: { readOnlyHint: true } } : {};
  server.registerTool(name, { description, inputSchema, ...annotations }, async (args: Record<string, unknown>) => ({
    content: [{ type: 'text', text: await call(facts, String(argument === undefined ? '' : args[argument])) }],
  }));
}

await server.connect(new StdioServerTransport());

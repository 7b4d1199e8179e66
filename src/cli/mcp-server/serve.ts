import { HealError } from '../../errors.ts';
import { errorCode } from '../../platform/fs.ts';
import { messageOf } from '../../text/error-text.ts';
import type { AgentContext } from './context.ts';
import { asData } from './data.ts';
import { agentTools, instructions } from './tools.ts';

const loadSdk = async () => {
  try {
    const [{ McpServer }, { StdioServerTransport }] = await Promise.all([
      import('@modelcontextprotocol/server'),
      import('@modelcontextprotocol/server/stdio'),
    ]);
    return { McpServer, StdioServerTransport };
  } catch (error) {
    if (errorCode(error) !== 'ERR_MODULE_NOT_FOUND') throw error;
    const advice = 'run npm install @modelcontextprotocol/server@2';
    const message = `healflow mcp needs @modelcontextprotocol/server, which healflow does not install: ${advice}`;
    throw new HealError('PEER_MISSING', message, { cause: error });
  }
};

/** Serves the tools for agents on standard input and output, until the client closes them. */
export const serveAgents = async (context: AgentContext, version: string): Promise<void> => {
  const { McpServer, StdioServerTransport } = await loadSdk();
  const server = new McpServer({ name: 'healflow', title: 'healflow', version }, { instructions });
  for (const { name, title, description, inputSchema, annotations, call } of agentTools) {
    server.registerTool(name, { title, description, inputSchema, annotations }, async (args: unknown) => {
      try {
        return { content: [{ type: 'text', text: asData(await call(args as never, context), context.redact) }] };
      } catch (error) {
        return { isError: true, content: [{ type: 'text', text: context.redact(messageOf(error)) }] };
      }
    });
  }
  const closed = new Promise<void>((resolve) => {
    server.server.onclose = resolve;
    process.stdin.once('close', resolve).once('end', resolve);
  });
  await server.connect(new StdioServerTransport());
  await closed;
  await server.close();
};

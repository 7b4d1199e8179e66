// #region server
import { McpServer } from '@modelcontextprotocol/server';
import { StdioServerTransport } from '@modelcontextprotocol/server/stdio';
import { createHealer } from 'healflow';
import { healMcpServer } from 'healflow/mcp';

const healer = await createHealer();
const server = healMcpServer(new McpServer({ name: 'cluster', version: '1.0.0' }), healer);

server.registerTool('k8s_get_pods', { annotations: { readOnlyHint: true } }, async () => ({
  content: [{ type: 'text', text: await getPods() }],
}));

await server.connect(new StdioServerTransport());
// #endregion

async function getPods(): Promise<string> {
  return 'checkout-5d9c7b6f4-x2x9k';
}

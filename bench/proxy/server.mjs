// A minimal MCP server, `server.mjs [BYTES] [TOOLS]`: responds to every request at once with a text of BYTES bytes, and to
// `tools/list` with TOOLS tools.
const [bytes = '1024', tools = '1'] = process.argv.slice(2);
const text = 'pod '.repeat(Number(bytes) / 4);
const list = Array.from({ length: Number(tools) }, (_, index) => ({
  name: index === 0 ? 'k8s_get_pods' : `tool_${index}`,
  description: 'What it does, in a sentence or two, as such descriptions go.'.repeat(3),
  inputSchema: { type: 'object', properties: { namespace: { type: 'string' }, labels: { type: 'string' } } },
  annotations: { readOnlyHint: true },
}));
let rest = '';
process.stdin.setEncoding('utf8').on('data', (chunk) => {
  const lines = (rest + chunk).split('\n');
  rest = lines.pop();
  const responses = lines.map((line) => {
    const { id, method } = JSON.parse(line);
    const result = method === 'tools/list' ? { tools: list } : { content: [{ type: 'text', text }] };
    return `${JSON.stringify({ jsonrpc: '2.0', id, result })}\n`;
  });
  process.stdout.write(responses.join(''));
});

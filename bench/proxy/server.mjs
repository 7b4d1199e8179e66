// The least that can be called an MCP server: it answers every request with a result of about 1 KB.
const text = 'pod '.repeat(256);
let rest = '';
process.stdin.setEncoding('utf8').on('data', (chunk) => {
  const lines = (rest + chunk).split('\n');
  rest = lines.pop();
  const answers = lines.map((line) => {
    const { id } = JSON.parse(line);
    return `${JSON.stringify({ jsonrpc: '2.0', id, result: { content: [{ type: 'text', text }] } })}\n`;
  });
  process.stdout.write(answers.join(''));
});

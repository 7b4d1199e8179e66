import type { Client } from '@modelcontextprotocol/client';
import type { Closing } from './closing.ts';

/** The result of one tool call, as seen by a client. */
export interface Called {
  readonly failed: boolean;
  readonly text: string;
  readonly meta: Readonly<Record<string, unknown>>;
  /** In ms. */
  readonly durationMs: number;
}

/** A real MCP client with its own server process. */
export interface DemoClient {
  call(tool: string, args: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Called>;
  /** Returns the last output of its server on stderr. */
  stderr(): string;
  /** Ends its server. The end of the demo does it, too. */
  close?(): Promise<void>;
}

const keptBytes = 4_000;
const callTimeoutMs = 60_000;

const textOf = (result: Awaited<ReturnType<Client['callTool']>>): string =>
  result.content.map((part) => (part.type === 'text' ? part.text : `[${part.type}]`)).join('\n');

/** Starts a server with this command, and these variables beside the usual ones, and connects to it. */
export const connectClient = async (
  [command = '', ...args]: readonly string[],
  cwd: string,
  closing: Closing,
  signal: AbortSignal,
  env: Readonly<Record<string, string>> = {},
): Promise<DemoClient> => {
  const [{ Client }, { StdioClientTransport }] = await Promise.all([
    import('@modelcontextprotocol/client'),
    import('@modelcontextprotocol/client/stdio'),
  ]);
  signal.throwIfAborted();
  const transport = new StdioClientTransport({ command, args, cwd, env: { ...env }, stderr: 'pipe' });
  let stderr = '';
  transport.stderr?.on('data', (chunk: Buffer) => {
    stderr = (stderr + chunk.toString()).slice(-keptBytes);
  });
  const client = new Client({ name: 'healflow-demo', version: '1.0.0' });
  const kill = (name: NodeJS.Signals): void => {
    if (transport.pid !== null) process.kill(transport.pid, name);
  };
  closing.add(() => {
    // If the demo is interrupted, it does not wait for open calls.
    if (signal.aborted) kill('SIGTERM');
    return client.close();
  });
  closing.addKill(() => kill('SIGKILL'));
  await client.connect(transport, { timeout: callTimeoutMs }).catch((error: unknown) => {
    throw new Error(`the MCP server did not start: ${stderr.trim() || String(error)}`, { cause: error });
  });
  // Like a normal client; healflow learns from the response which tools are read-only.
  await client.listTools(undefined, { timeout: callTimeoutMs, signal });
  return {
    stderr: () => stderr,
    close: () => client.close(),
    call: async (tool, toolArgs, callSignal) => {
      const startedAt = performance.now();
      const result = await client.callTool(
        { name: tool, arguments: toolArgs },
        { signal: callSignal, timeout: callTimeoutMs },
      );
      return {
        failed: result.isError === true,
        text: textOf(result),
        meta: result._meta ?? {},
        durationMs: performance.now() - startedAt,
      };
    },
  };
};

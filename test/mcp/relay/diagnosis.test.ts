import { describe, expect, it } from 'vitest';
import { createDiagnoser } from '../../../src/diagnosis/index.ts';
import { JsonRpcError, UpstreamDiedError } from '../../../src/mcp/jsonrpc/errors.ts';

const diagnoser = createDiagnoser({ redact: (text) => text });

describe('the diagnosis of a server that died', () => {
  it('says that the call may have taken effect if the server had received it', () => {
    const error = new UpstreamDiedError('UPSTREAM_DIED', 'the MCP server exited (code 1) before it answered');
    expect(diagnoser.diagnose({ tool: 'a', channel: 'exception', error })).toMatchObject({
      class: 'network',
      situation: 'interrupted',
      delivered: 'maybe',
      fixes: ['retry_backoff'],
    });
  });

  it('says that it has not if the server never received it', () => {
    const error = new UpstreamDiedError('UPSTREAM_DIED_UNSENT', 'the MCP server has ended');
    expect(diagnoser.diagnose({ tool: 'a', channel: 'exception', error })).toMatchObject({
      class: 'network',
      situation: 'not_sent',
      delivered: 'no',
      fixes: ['retry_backoff'],
    });
  });
});

describe('the diagnosis of a JSON-RPC error', () => {
  const diagnose = (code: number, message: string) =>
    diagnoser.diagnose({ tool: 'a', channel: 'exception', error: new JsonRpcError({ code, message }) });

  it('treats the codes reserved for servers as a server failure if the message says nothing more specific', () => {
    for (let code = -32_000; code >= -32_019; code -= 1) {
      expect(diagnose(code, 'boom')).toMatchObject({
        class: 'server',
        situation: 'internal_error',
        delivered: 'maybe',
      });
    }
    expect(diagnose(-32_603, 'boom')).toMatchObject({ class: 'server', situation: 'internal_error' });
  });

  it.each([
    [-32_000, 'Connection closed', 'network', 'interrupted'],
    [-32_000, 'MCP error -32000: Connection closed', 'network', 'interrupted'],
    [-32_001, 'Request timed out', 'network', 'interrupted'],
    [-32_002, 'Resource not found', 'resource', 'rejected'],
    [-32_000, 'Too many requests', 'rate', 'rate_limited'],
    [-32_000, 'Server error', 'server', 'internal_error'],
  ])('uses the message of the code %i: %s', (code, message, of, situation) => {
    expect(diagnose(code, message)).toMatchObject({ class: of, situation });
  });
});

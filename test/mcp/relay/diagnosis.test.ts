import { describe, expect, it } from 'vitest';
import { createDiagnoser } from '../../../src/diagnosis/index.ts';
import { UpstreamDiedError } from '../../../src/mcp/relay/errors.ts';

const diagnoser = createDiagnoser({ redact: (text) => text });

describe('the diagnosis of a server that died', () => {
  it('says that the call may have taken effect, where the server had it', () => {
    const error = new UpstreamDiedError('UPSTREAM_DIED', 'the MCP server exited (code 1) before it answered');
    expect(diagnoser.diagnose({ tool: 'a', channel: 'exception', error })).toMatchObject({
      class: 'network',
      situation: 'interrupted',
      delivered: 'maybe',
      fixes: ['retry_backoff'],
    });
  });

  it('says that it has not, where the server never got it', () => {
    const error = new UpstreamDiedError('UPSTREAM_DIED_UNSENT', 'the MCP server has ended');
    expect(diagnoser.diagnose({ tool: 'a', channel: 'exception', error })).toMatchObject({
      class: 'network',
      situation: 'not_sent',
      delivered: 'no',
      fixes: ['retry_backoff'],
    });
  });
});

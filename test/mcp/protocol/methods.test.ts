import { describe, expect, it } from 'vitest';
import { isToolCall } from '../../../src/mcp/protocol/methods.ts';

describe('a tool call in a body', () => {
  it.each([
    '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x"}}',
    // As PHP's encoder writes it.
    '{"jsonrpc":"2.0","id":1,"method":"tools\\/call","params":{"name":"x"}}',
    '[{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"x"}}]',
  ])('is found in %s', (body) => {
    expect(isToolCall(Buffer.from(body))).toBe(true);
  });

  it('is not found in another request', () => {
    expect(isToolCall(Buffer.from('{"jsonrpc":"2.0","id":1,"method":"tools/list"}'))).toBe(false);
  });
});

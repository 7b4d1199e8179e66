import { describe, expect, it } from 'vitest';
import { isLostSession } from '../../../src/mcp/protocol/http-errors.ts';

const isLost = (body: string, status = 400): boolean =>
  isLostSession({ status, body, hadSession: true, isResponse: false });

describe('a lost session', () => {
  it.each([
    ['{"jsonrpc":"2.0","error":{"code":-32000,"message":"Bad Request: No valid session ID provided"},"id":null}'],
    ['Bad Request: Mcp-Session-Id header is required'],
    ['Bad Request: Missing session ID'],
    ['Invalid or missing session ID'],
    ['Invalid session ID'],
    ['Session not found'],
    ['Session 550e8400-e29b-41d4-a716-446655440000 not found'],
    ['{"error":"unknown session"}'],
    ['The session has expired'],
  ])('is a 400 with the words of a server that does not know it: %s', (body) => {
    expect(isLost(body)).toBe(true);
  });

  it.each([
    ['{"error":"Session booked, but the room is unknown"}'],
    ['{"error":"checkout session created; the coupon is invalid"}'],
    ['checkout session not found'],
    ['session 12 was stored, its mail address is invalid'],
    [`Session not found ${'x'.repeat(600)}`],
  ])('is no 400 in which a tool speaks of sessions of its own: %s', (body) => {
    expect(isLost(body)).toBe(false);
  });

  it('is a 404, whatever its body is', () => {
    expect(isLost('', 404)).toBe(true);
  });
});

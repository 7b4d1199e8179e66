import { describe, expect, it } from 'vitest';
import { headerIn } from '../../../src/diagnosis/whole-story/forms.ts';

describe('the headers of a response that failed', () => {
  it.each([
    ['transfer-encoding', 'chunked'],
    ['content-type', 'application/json; charset=utf-8'],
    ['date', 'Mon, 30 Nov 2026 13:00:00 GMT'],
    ['keep-alive', 'timeout=5'],
    ['www-authenticate', 'Bearer realm="api", error="invalid_token"'],
    ['x-ratelimit-remaining', '0'],
  ])('say nothing of an effect: %s: %s', (name, value) => {
    expect(headerIn({ [name]: value }, 'create_order')).toBeNull();
  });

  it.each([
    ['location', '/orders/12'],
    ['x-order-id', '12'],
    ['x-created', 'order 12'],
    ['transfer-encoding', 'created order 12'],
  ])('may say so: %s: %s', (name, value) => {
    expect(headerIn({ [name]: value }, 'create_order')).toBe(name);
  });
});

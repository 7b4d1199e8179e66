import { describe, expect, it } from 'vitest';
import { errorText, messageOf } from '../../src/text/error-text.ts';

describe('errorText', () => {
  it('says the cause of a failed fetch, and the code of an error without a message', () => {
    const refused = Object.assign(new AggregateError([], 'none'), { message: '', code: 'ECONNREFUSED' });
    expect(errorText(new TypeError('fetch failed', { cause: refused }))).toBe('fetch failed: ECONNREFUSED');
    expect(errorText('plain')).toBe('plain');
    expect(errorText(undefined)).toBe('undefined');
    expect(errorText(Object.assign(new RangeError('none'), { message: '' }))).toBe('RangeError');
  });
});

describe('messageOf', () => {
  it('is the message of an error, and says so if anything else was thrown', () => {
    expect(messageOf(new Error('broke'))).toBe('broke');
    expect(messageOf('text')).toBe('a value that is not an Error was thrown');
    expect(messageOf(undefined, 'the call failed')).toBe('the call failed');
  });
});

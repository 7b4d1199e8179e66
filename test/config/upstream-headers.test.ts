import { describe, expect, it } from 'vitest';
import { configSchema } from '../../src/config/schema.ts';
import { upstreamHeaders } from '../../src/config/upstream-headers.ts';

const headersOf = (headers: Record<string, string>, env: NodeJS.ProcessEnv): Record<string, string> =>
  upstreamHeaders(configSchema.parse({ proxy: { headers } }), env);

const reference = (name: string): string => `\${${name}}`;

describe('the headers for a server behind a URL', () => {
  it('hold the values of the variables that they name, without the line end of a file', () => {
    const headers = {
      Authorization: `Bearer ${reference('ONE')}`,
      'X-Both': `${reference('ONE')}-${reference('TWO')}`,
    };
    expect(headersOf(headers, { ONE: 'dummy-1\n', TWO: 'dummy-2' })).toEqual({
      Authorization: 'Bearer dummy-1',
      'X-Both': 'dummy-1-dummy-2',
    });
  });

  it('are refused where a variable is not set, with its name and a way out', () => {
    expect(() => headersOf({ Authorization: reference('NONE') }, { NONE: ' ' })).toThrow(
      /^proxy\.headers\.Authorization: the environment variable NONE is not set; set it/,
    );
  });

  it('are refused if a header cannot hold a value, and the value is not shown', () => {
    expect(() => headersOf({ A: reference('ONE') }, { ONE: 'dummy\nX-Evil: 1' })).toThrow(
      /^proxy\.headers\.A: the environment variable ONE holds characters that a header value cannot contain$/,
    );
    expect(() => headersOf({ 'A b': 'x' }, {})).toThrow(/not a valid header name/);
    expect(() => headersOf({ A: 'x\n' }, {})).toThrow(/a header value cannot contain/);
  });
});

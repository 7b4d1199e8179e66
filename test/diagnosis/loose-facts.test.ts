import { describe, expect, it } from 'vitest';
import { outputOf } from '../../src/diagnosis/index.ts';
import { looseStatus, spelledOut } from '../../src/diagnosis/loose-facts.ts';
import type { DiagnosisClass } from '../../src/model/terms.ts';
import { diagnoser } from './support.ts';

const failed = (text: string) => diagnoser.diagnose(outputOf('tool', 'isError', text));

describe('codes of any spelling', () => {
  it('are read as words', () => {
    expect(
      spelledOut(
        ['WriteTimeoutException'],
        'RateExceeded, then token_expired and ACCESS_REFUSED; third-party-auth-error',
      ),
    ).toBe(['write timeout', 'rate exceeded', 'token expired', 'access refused', 'third party auth error'].join('\n'));
    expect(spelledOut([], 'see "rate_limit_exceeded" in src/rate_limit.ts, --rate-limit=3, a.rate_limit.b')).toBe('');
  });

  it.each<[string, DiagnosisClass]>([
    ['Phase invalidate: RateExceeded', 'rate'],
    ['Sharing it answered token_expired', 'auth'],
    ['Frob: AccountQuotaExceeded', 'rate'],
    ['seat map: AuthenticationFailed', 'auth'],
    ['GatewayConnectionRefused for the frob', 'network'],
  ])('decide on %s', (text, expected) => {
    expect(failed(text)).toMatchObject({ class: expected, delivered: 'maybe' });
  });
});

describe('a status that no rule finds', () => {
  it.each([
    ['seat map service responded 401', 401],
    ['leg B did not: upstream says 503', 503],
    ['Still no luck, 401 this time', 401],
    ['the call → 429', 429],
    ['la respuesta fue: 429, reintente', 429],
  ])('is read from %s', (text, expected) => {
    expect(looseStatus(text)).toBe(expected);
  });

  it.each([
    'Hunk #1 FAILED at 401.',
    'line 404: syntax',
    'took 503 ms',
    'order 429.',
    'expected 401, received 200',
    '404 files copied',
    'port 500',
    '$ 403.50',
    'build #504',
    'id: 404',
  ])('is none in %s', (text) => {
    expect(looseStatus(text)).toBeUndefined();
  });

  it('makes no failure of a healthy text', () => {
    expect(diagnoser.diagnose(outputOf('tool', 'result', 'seat map service responded 401'))).toMatchObject({
      failure: false,
    });
  });
});

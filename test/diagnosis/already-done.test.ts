import { describe, expect, it } from 'vitest';
import { outputOf } from '../../src/diagnosis/index.ts';
import { diagnoser } from './support.ts';

const classOf = (tool: string, text: string): string => diagnoser.diagnose(outputOf(tool, 'isError', text)).class;

describe('a report that the deed of the tool is done already', () => {
  it.each([
    ['revoke_token', 'Error: token 12 has already been revoked'],
    ['withdraw_token', 'Error: token 12 has already been revoked'],
    ['token_revocation', 'Error: token 12 has already been revoked'],
  ])('asks for no fix: %s', (tool, text) => {
    expect(classOf(tool, text)).toBe('usage');
  });

  it.each(['revolve_token', 'without_token', 'list_orders'])('is another failure for %s', (tool) => {
    expect(classOf(tool, 'Error: token 12 has already been revoked')).toBe(
      classOf('get_orders', 'Error: token 12 has already been revoked'),
    );
    expect(classOf(tool, 'Error: token 12 has already been revoked')).not.toBe('usage');
  });
});

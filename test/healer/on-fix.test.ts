import { describe, expect, it } from 'vitest';
import type { FixName } from '../../src/model/terms.ts';
import { ScriptedError, scriptedFix, testHealer } from '../support/healer.ts';

const failingOnce = () => {
  let calls = 0;
  return (): string => {
    calls += 1;
    if (calls === 1) throw new ScriptedError();
    return 'pods';
  };
};

describe('onFix', () => {
  it('hears of the fix before it runs', async () => {
    const heard: [FixName, number][] = [];
    const fix = scriptedFix('token_refresh');
    const { healer } = testHealer([fix]);
    await healer.run('get_pods', failingOnce(), { onFix: (name) => heard.push([name, fix.runs]) });
    expect(heard).toEqual([['token_refresh', 0]]);
  });

  it('keeps nothing from being healed by throwing', async () => {
    const { healer, warnings } = testHealer();
    const onFix = (): never => {
      throw new Error('no ears');
    };
    expect(await healer.run('get_pods', failingOnce(), { onFix })).toBe('pods');
    expect(warnings).toEqual(['onFix threw: no ears']);
  });
});

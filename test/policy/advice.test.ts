import { describe, expect, it } from 'vitest';
import type { FixReport, FixStatus } from '../../src/model/fix.ts';
import type { FixName } from '../../src/model/terms.ts';
import { adviceFor } from '../../src/policy/advice.ts';

const ran = (fix: FixName, status: FixStatus = 'succeeded'): FixReport => ({
  fix,
  status,
  reason: 'as the test says',
  durationMs: 1,
});

describe('adviceFor', () => {
  it.each(['succeeded', 'healed', 'failed'] as const)('has nothing to say of a run that ended as %s', (status) => {
    expect(adviceFor({ status, fixes: [ran('token_refresh')] })).toBeNull();
  });

  it('names the repairs that succeeded, each once', () => {
    const fixes = [ran('vpn_connect'), ran('retry_backoff'), ran('token_refresh'), ran('token_refresh')];
    expect(adviceFor({ status: 'unknown', fixes })).toBe(
      'vpn_connect and token_refresh succeeded, so the next call can work: check whether the call took effect, and call again if it did not',
    );
  });

  it('says that nothing was repaired by only asking for a check', () => {
    const fixes = [ran('token_refresh', 'failed'), ran('wait_retry'), ran('vpn_connect', 'not_needed')];
    expect(adviceFor({ status: 'unknown', fixes })).toBe('check whether the call took effect before you call again');
  });
});

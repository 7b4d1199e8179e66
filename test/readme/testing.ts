// #region testing
import { createTestHealer, expectPath, failures, scriptedTool, stories } from 'healflow/testing';

// One story for each way through the chart: healed, not healed, and why. The fix is the program's own.
for (const story of stories()) {
  await using kit = await createTestHealer({
    config: { attempts: 2 },
    fixes: { token_refresh: story.fix(renewToken) },
  });
  const run = await kit.run('get_pods', story.tool({ value: 'pods', failing: [failures.unauthorized] }));
  expectPath(run, story.states);
}

// Or one by one. Waits take no time: the kit's clock moves on by itself.
await using kit = await createTestHealer();
const getPods = scriptedTool(failures.forbidden());
const run = await kit.run('get_pods', getPods);
expectPath(run, ['Executing', 'ErrorDetected', 'Analyzing', 'NoFix', 'Logging']);
// #endregion

async function renewToken(): Promise<void> {}

if (getPods.calls.length !== 1) throw new Error('what no login fixes was tried again');

// #region inspect
import { createHealer } from 'healflow';
import { createInspector } from 'healflow/inspector';

await using inspector = await createInspector();
await using healer = await createHealer({ inspect: inspector });

console.log(inspector.url);
// #endregion

let calls = 0;
const outcome = await healer.runOutcome('k8s_get_pods', async () => {
  calls += 1;
  if (calls === 1) throw Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED' });
  return 'pods';
});
const [base, token] = inspector.url.split('/#token=');
const answer = await fetch(`${base}/api/runs/${outcome.runId}`, { headers: { authorization: `Bearer ${token}` } });
const run = (await answer.json()) as { status: string; steps: { to: string }[] };
if (run.status !== 'healed') throw new Error(`the inspector shows the run as ${run.status}`);
if (!run.steps.some(({ to }) => to === 'ApplyingFix')) throw new Error('a state is missing');

// #region use
import { createHealer } from 'healflow';

await using healer = await createHealer({
  fixes: { token_refresh: async () => renewToken() },
});

const pods = await healer.run('k8s_get_pods', ({ signal }) => getPods({ signal }));
// #endregion

// A cluster whose token has expired.
let token = 'expired';

async function renewToken(): Promise<void> {
  token = 'fresh';
}

async function getPods({ signal }: { signal: AbortSignal }): Promise<string[]> {
  signal.throwIfAborted();
  if (token !== 'fresh') throw new Error('error: You must be logged in to the server (Unauthorized)');
  return ['checkout-5d9c7b6f4-x2x9k'];
}

if (pods.length !== 1) throw new Error('the call was not healed');

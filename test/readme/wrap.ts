import { createHealer } from 'healflow';

await using healer = await createHealer({
  fixes: { token_refresh: { target: ({ tool }) => tool, run: () => {} } },
});
let calls = 0;

// #region wrap
const getPods = healer.autoHeal({ tool: 'k8s_get_pods' })(async (query: { namespace: string }) => {
  return fetchPods(query.namespace);
});

class GitLab {
  @healer.autoHeal({ tool: 'gitlab_view_mr', annotations: { readOnlyHint: true } })
  async viewMergeRequest(id: number) {
    return fetchMergeRequest(id);
  }
}
// #endregion

async function fetchPods(namespace: string): Promise<string> {
  if (++calls === 1) throw new Error('401 Unauthorized');
  return `pods of ${namespace}`;
}

async function fetchMergeRequest(id: number): Promise<string> {
  if (++calls === 3) throw new Error('401 Unauthorized');
  return `merge request ${id}`;
}

if ((await getPods({ namespace: 'shop' })) !== 'pods of shop') throw new Error('the function was not healed');
if ((await new GitLab().viewMergeRequest(7)) !== 'merge request 7') throw new Error('the method was not healed');

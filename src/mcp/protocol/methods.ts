/** Requests that only ask, so that a new server may be asked again. */
const repeatableMethods: ReadonlySet<string> = new Set([
  'completion/complete',
  'logging/setLevel',
  'ping',
  'prompts/get',
  'prompts/list',
  'resources/list',
  'resources/read',
  'resources/subscribe',
  'resources/templates/list',
  'resources/unsubscribe',
  'server/discover',
  'tools/list',
]);

export const isRepeatableMethod = (method: string): boolean => repeatableMethods.has(method);

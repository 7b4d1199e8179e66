/** Requests that have no effect or only set a state, so they may be sent to a new server again. */
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

/** The request of the stateless protocol that stays open while the client subscribes to notifications. */
export const isListen = (method: string): boolean => method === 'subscriptions/listen';

/** The parameter that the header Mcp-Name repeats, by method. */
export const mcpNameParams: ReadonlyMap<string, string> = new Map([
  ['tools/call', 'name'],
  ['prompts/get', 'name'],
  ['resources/read', 'uri'],
  ['tasks/get', 'taskId'],
  ['tasks/update', 'taskId'],
  ['tasks/cancel', 'taskId'],
]);

/** As it stands in JSON: some encoders escape the slash. */
const toolCall = ['"tools/call"', '"tools\\/call"'];

/** Whether a body contains a tool call, also as one message of a batch. */
export const isToolCall = (body: Buffer): boolean => toolCall.some((name) => body.includes(name));

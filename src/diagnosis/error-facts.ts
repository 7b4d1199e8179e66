import { addGrpc, collectBody } from './body-facts.ts';
import { addCode, addCodeValue, addMessage, addNumber, connectedCode, type Facts, isObject, read } from './facts.ts';
import { parseJson } from './json.ts';

const maxErrors = 16;
const plainNames = new Set([
  'Error',
  'AggregateError',
  'HTTPError',
  'HttpError',
  'AxiosError',
  'McpError',
  'FetchError',
]);

const addBody = (facts: Facts, body: unknown): void => {
  if (typeof body === 'string') {
    const parsed = parseJson(body);
    if (parsed === undefined) addMessage(facts, body);
    else collectBody(facts, parsed);
  } else collectBody(facts, body);
};

const addStatus = (facts: Facts, value: unknown): void => {
  if (typeof value === 'number') addNumber(facts, value);
};

const addHeaders = (facts: Facts, value: unknown): void => {
  if (isObject(value)) facts.headers.push(value);
};

const addResponse = (facts: Facts, response: unknown): void => {
  if (!isObject(response)) return;
  addStatus(facts, read(response, 'status'));
  addStatus(facts, read(response, 'statusCode'));
  addHeaders(facts, read(response, 'headers'));
  const body = read(response, 'data') ?? read(response, '_data') ?? read(response, 'body');
  if (typeof body === 'string' || (isObject(body) && !isStream(body))) addBody(facts, body);
};

const isStream = (body: object): boolean =>
  typeof read(body, 'getReader') === 'function' || typeof read(body, 'pipe') === 'function';

/** System calls on a connection that was there, so the request may have been sent. */
const onConnection = /^(?:read|write|send|recv|shutdown)/;

/** Codes of the operating system say by `syscall` whether there ever was a connection. */
const addSystemCode = (facts: Facts, error: object, code: string, message: unknown): void => {
  const named = read(error, 'syscall');
  const syscall = typeof named === 'string' ? named : '';
  const connecting = syscall === 'connect' || (typeof message === 'string' && message.startsWith('connect '));
  if (connecting) addCode(facts, `connect ${code}`);
  if (syscall.startsWith('spawn')) addCode(facts, `spawn ${code}`);
  if (onConnection.test(syscall)) addCode(facts, connectedCode(code));
};

const addOne = (facts: Facts, error: object): void => {
  const message = read(error, 'message');
  const code = read(error, 'code');
  if (typeof code === 'string') addSystemCode(facts, error, code, message);
  addCodeValue(facts, code);
  if (typeof read(error, 'details') === 'string') addGrpc(facts, code);
  const name = read(error, 'name');
  if (typeof name === 'string' && name !== '' && !plainNames.has(name)) addCode(facts, name);
  for (const key of ['Code', 'errorCode', 'error_code', 'type', 'reason']) addCodeValue(facts, read(error, key));
  for (const key of ['status', 'statusCode', 'status_code']) addStatus(facts, read(error, key));
  const metadata = read(error, '$metadata');
  if (isObject(metadata)) addStatus(facts, read(metadata, 'httpStatusCode'));
  if (typeof message === 'string') addMessage(facts, message);
  addHeaders(facts, read(error, 'headers') ?? read(error, 'responseHeaders'));
  addResponse(facts, read(error, 'response'));
  for (const key of ['error', 'body', 'data', 'errors', 'extensions', 'responseBody']) {
    const body = read(error, key);
    if (key === 'errors' && Array.isArray(body) && body.some((item) => item instanceof Error)) continue;
    if (typeof body === 'string' || (isObject(body) && !(body instanceof Error) && !isStream(body)))
      addBody(facts, body);
  }
  const stderr = read(error, 'stderr');
  if (typeof stderr === 'string' && stderr !== '' && !(typeof message === 'string' && message.includes(stderr.trim())))
    addMessage(facts, stderr);
};

/** Collects what a thrown value says: itself, its response, its causes and the errors gathered in it. */
export const collectError = (facts: Facts, thrown: unknown): void => {
  const seen = new Set<unknown>();
  const queue: unknown[] = [thrown];
  while (queue.length > 0 && seen.size < maxErrors) {
    const error = queue.shift();
    if (seen.has(error)) continue;
    seen.add(error);
    if (typeof error === 'string') addMessage(facts, error);
    if (!isObject(error)) continue;
    addOne(facts, error);
    queue.push(read(error, 'cause'), read(error, 'reason'));
    const errors = read(error, 'errors');
    if (Array.isArray(errors)) queue.push(...errors.slice(0, maxErrors).filter((item) => item instanceof Error));
    const inner = read(error, 'error') ?? read(error, 'originalError');
    if (inner instanceof Error) queue.push(inner);
  }
};

import { addCode, addCodeValue, addMessage, addNumber, type Facts, isObject, read } from './facts.ts';

const maxDepth = 5;
const maxItems = 8;

const codeKeys = [
  'code',
  'error_code',
  'errorCode',
  'type',
  '__type',
  'Code',
  'status',
  'reason',
  'errorType',
  'name',
  'errcode',
  'errorcode',
  'error_summary',
  '.tag',
];
const statusKeys = [
  'status',
  'statusCode',
  'status_code',
  'httpStatus',
  'http_status',
  'code',
  'Code',
  'StatusCode',
  'error_code',
  'httpStatusCode',
  'httpCode',
  'http_code',
  'http',
  'error',
];
const messageKeys = [
  'message',
  'msg',
  'error_description',
  'detail',
  'title',
  'description',
  'errorMessage',
  'error_message',
  'reason',
  'Message',
  'Detail',
  'summary',
  'faultstring',
  'errorSummary',
  'error_msg',
  'errmsg',
  'errMsg',
  'error_summary',
  'text',
  'data',
  'errors',
  'details',
  'info',
];
const nestedKeys = [
  'extensions',
  'root_cause',
  'cause',
  'caused_by',
  'fault',
  'Fault',
  'Error',
  'detail',
  'response',
  'body',
  'data',
  'details',
  'innerError',
  'innererror',
];

const isWord = (text: string): boolean => /^[\w.:/#-]{2,80}$/.test(text);

const collectError = (facts: Facts, error: unknown, depth: number): void => {
  if (typeof error === 'string') {
    if (isWord(error)) addCode(facts, error);
    addMessage(facts, error);
  } else collectBody(facts, error, depth + 1);
};

/** Collects what an error body says: top level first, then the objects nested in it. */
export const collectBody = (facts: Facts, body: unknown, depth = 0): void => {
  if (!isObject(body) || depth > maxDepth) return;
  if (Array.isArray(body)) {
    for (const item of body.slice(0, maxItems)) collectError(facts, item, depth);
    return;
  }
  facts.bodies.push(body);
  if (isObject(read(body, 'error')) && read(read(body, 'error') as object, 'invalidToken') === true)
    addCode(facts, 'invalid_token');
  collectError(facts, read(body, 'error'), depth);
  for (const key of ['errors', 'errorMessages', 'Errors'] as const) collectErrors(facts, read(body, key), depth);
  for (const key of codeKeys) addCodeValue(facts, read(body, key));
  for (const key of statusKeys) {
    const value = read(body, key);
    if (typeof value === 'number') addNumber(facts, value);
  }
  if (isObject(read(body, 'details'))) addGrpc(facts, read(body, 'code'));
  for (const key of messageKeys) {
    const value = read(body, key);
    // OData says in which language a message is.
    const said = key === 'message' && isObject(value) ? read(value, 'value') : value;
    if (typeof said === 'string') addMessage(facts, said);
  }
  const headers = read(body, 'headers') ?? read(body, 'header');
  if (isObject(headers)) facts.headers.push(headers);
  for (const key of nestedKeys) collectBody(facts, read(body, key), depth + 1);
};

const collectErrors = (facts: Facts, errors: unknown, depth: number): void => {
  if (typeof errors === 'string') collectError(facts, errors, depth);
  if (Array.isArray(errors)) collectBody(facts, errors, depth + 1);
  else if (isObject(errors)) {
    // Field errors, as { "email": "is not valid" } or { "email": ["is not valid"] }.
    for (const [field, said] of Object.entries(errors).slice(0, maxItems)) {
      const text = Array.isArray(said) ? said[0] : said;
      if (typeof text === 'string') addMessage(facts, `${field}: ${text}`);
      else collectBody(facts, said, depth + 1);
    }
  }
};

/** Adds a gRPC status number, as in `{ "code": 16, "details": … }`. */
export const addGrpc = (facts: Facts, code: unknown): void => {
  if (typeof code === 'number' && Number.isInteger(code) && code >= 1 && code <= 16) addCode(facts, `grpc.${code}`);
};

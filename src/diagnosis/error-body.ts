import { isObject, read } from './facts.ts';
import { waitMeaning } from './waits/members.ts';

/** `maybe`: shaped like an error body, but only its words can tell. */
export type BodyVerdict = 'error' | 'maybe' | 'healthy';

/** The members that are beside an error in the bodies of well-known services; anything else is data. */
const companions = new Set(
  (
    'error Fault intuitObject report errcode errno errmsg errMsg error_summary user_message text took http httpCode http_code errors errorMessages error_description error_uri error_code errorCode errorMessage error_message errorType error_msg ' +
    'message messages msg Message Code code status statusCode status_code statusText httpStatus ok success isError type __type detail details title ' +
    'description reason name object kind apiVersion metadata instance fault faultstring request_id requestId RequestId request-id ' +
    'trace_id traceId correlationId timestamp time path url method documentation_url link help hint scope headers header request response ' +
    'config retry_after retryAfter retry_after_ms global parameters needed provided warning warnings stack id jsonrpc data result locations extensions ' +
    'errorSummary errorLink errorId errorCauses warningMessages localizedMessage params context cause severity domain service ' +
    'Success StatusCode Status ErrorCode ErrorMessage Errors Data Result TraceId ' +
    'substatus body activityId version response_metadata acceptedScopes log_id logref _links links more_info developerMessage userMessage additional_data integration_id param event_id info infocode innerError innererror attempts tries log externalReference'
  ).split(' '),
);

/** Members that only point somewhere: ids of traces and requests, links to documentation. */
const aside =
  /^(?:x[-_])?(?:access|trace|request|req|correlation|span|transaction|activity|reference|incident|error|status|debug|support|docs?|documentation|help|more)[-_]?(?:error)?[-_]?(?:id|code|url|uri|link|info|key|uid|details?|type|message|name|description|number)$/i;

const listing = /^(?:total\w{0,6}|count|page|per_?page|limit|offset|next\w{0,6}|has_?more|cursor)$/i;

const failingWords = new Set(
  'error fail failed failure err exception erreur fehler erro errore ошибка помилка hata エラー 错误 blad błąd chyba fel fejl feil virhe fout abgelehnt fehlgeschlagen échec fallo fallido falha fallito mislukt 失敗 失败 실패 errore'.split(
    ' ',
  ),
);
const fineWords = new Set(['ok', 'success', 'succeeded', 'healthy', 'completed']);

const isText = (value: unknown): value is string => typeof value === 'string' && value.trim() !== '';
const isHttpError = (value: unknown): boolean =>
  (typeof value === 'number' && value >= 400 && value <= 599) ||
  (typeof value === 'string' && /^[45]\d\d$/.test(value));
const isNonZero = (value: unknown): boolean => typeof value === 'number' && value !== 0;
const isRpcError = (value: unknown): boolean => typeof value === 'number' && value <= -32_000 && value >= -32_768;

const indicatesFailure = (value: unknown): boolean =>
  isText(value) ||
  (isObject(value) &&
    !Array.isArray(value) &&
    [
      'message',
      'code',
      'type',
      'reason',
      'status',
      'root_cause',
      'details',
      'title',
      'detail',
      'errors',
      'msg',
      'error',
      '.tag',
      'Code',
      'Message',
      'Error',
      'errorcode',
      'error_msg',
      'error_message',
      'errorMessage',
      'description',
    ].some((key) => {
      const member = read(value, key);
      return isText(member) || typeof member === 'number' || isObject(member);
    }));

const isEmpty = (data: unknown): boolean =>
  data === undefined ||
  data === null ||
  data === false ||
  data === '' ||
  (isObject(data) && Object.values(data).every((member) => member === null));

const messageKeys = [
  'message',
  'msg',
  'detail',
  'error_description',
  'errorMessage',
  'error_message',
  'Message',
  'description',
  'reason',
  'messages',
  'fault',
  'errorSummary',
  'error_summary',
  'errmsg',
  'errMsg',
  'faultstring',
];

const has = (body: object, keys: readonly string[], test: (value: unknown) => boolean): boolean =>
  keys.some((key) => test(read(body, key)));

/** A code, a message and a field, without names. */
const isErrorTuple = (item: unknown): boolean =>
  Array.isArray(item) && item.length >= 2 && item.length <= 4 && item.every((part) => isText(part) || part === null);

const isErrorList = (list: readonly unknown[]): boolean =>
  list.length > 0 && list.length <= 64 && list.every((item) => indicatesFailure(item) || isErrorTuple(item));

/** Whether the members beside an error are such as stand in an error body; data of its own makes it a healthy answer. */
const verdictOf = (body: object): BodyVerdict => {
  const status = read(body, 'status');
  if (read(body, 'ok') === true || read(body, 'success') === true) return 'healthy';
  if (typeof status === 'string' && fineWords.has(status.toLowerCase())) return 'healthy';
  const told = read(body, 'error') ?? (isText(read(body, 'errors')) ? read(body, 'errors') : undefined);
  if (told === false || told === 0) return 'healthy';
  const keys = Object.keys(body);
  const foreign =
    keys.length > 64
      ? keys.length
      : keys.filter((key) => !companions.has(key) && !aside.test(key) && waitMeaning(key) === null).length;
  const strong =
    read(body, 'ok') === false ||
    read(body, 'success') === false ||
    read(body, 'isError') === true ||
    read(body, 'object') === 'error' ||
    (read(body, 'type') === 'error' && isObject(read(body, 'error'))) ||
    (read(body, 'kind') === 'Status' && status === 'Failure') ||
    (typeof status === 'string' && failingWords.has(status.toLowerCase()));
  const denied = read(body, 'ok') === false || read(body, 'success') === false;
  const dataful = has(body, ['data', 'result'], (value) => !isEmpty(value));
  const error = told;
  const http = has(
    body,
    [
      'status',
      'statusCode',
      'status_code',
      'code',
      'error_code',
      'httpStatus',
      'Code',
      'StatusCode',
      'http',
      'httpCode',
      'http_code',
      'error',
    ],
    isHttpError,
  );
  const inner = read(body, 'body');
  const worded =
    has(body, messageKeys, indicatesFailure) ||
    isText(read(body, 'title')) ||
    (isObject(inner) && has(inner, ['message', 'error', 'Message'], indicatesFailure));
  // A record of something that failed earlier, such as a job, has a name and members of its own beside its error.
  const record = ['id', 'name', 'key', 'uid'].some((key) => read(body, key) !== undefined);
  if (record && typeof status === 'string' && foreign >= 2 && !denied && !http) return 'healthy';
  const code = read(body, 'code') ?? read(body, 'errorCode') ?? read(body, '__type') ?? read(body, 'Code');

  const resulted =
    isText(read(body, 'result')) && failingWords.has(String(read(body, 'result')).toLowerCase()) && isText(code);
  if (resulted && worded && foreign === 0) return 'error';
  if (typeof read(body, 'statusCode') === 'number' && http && worded && foreign === 0) return 'error';
  if (dataful && !strong && !isRpcError(isObject(error) ? read(error, 'code') : undefined)) return 'healthy';
  const errors = read(body, 'errors');
  const listed =
    (Array.isArray(errors) && isErrorList(errors)) ||
    isText(errors) ||
    has(body, ['detail'], (list) => Array.isArray(list) && isErrorList(list)) ||
    has(body, ['errorMessages'], (list) => Array.isArray(list) && list.length > 0);
  const fields =
    isObject(errors) &&
    !Array.isArray(errors) &&
    Object.keys(errors).length > 0 &&
    (worded || http || strong || Array.isArray(read(body, 'errorMessages')));
  // A list of errors with its length, or a page of them, is what a search for errors gives.
  if (listed && !strong && !http && keys.some((key) => listing.test(key))) return 'healthy';
  if (listed || fields) return foreign <= 1 || strong ? 'error' : 'healthy';
  if (indicatesFailure(error) || (error === true && worded)) {
    if (foreign === 0 || strong) return 'error';
    const exact = http || (isObject(error) && (isText(read(error, 'code')) || typeof read(error, 'code') === 'number'));
    return exact && foreign <= 2 ? 'error' : 'healthy';
  }
  if (strong && foreign >= 2 && !denied) return 'healthy';
  if (strong) return worded || isText(code) || foreign === 0 ? 'error' : 'healthy';
  // A title alone may be that of anything.
  const titled = !has(body, messageKeys, indicatesFailure);
  if (http && worded) return foreign <= (titled ? 0 : 1) ? 'error' : 'healthy';
  if (has(body, ['Error', 'fault', 'Fault'], indicatesFailure)) return foreign <= 1 ? 'error' : 'healthy';
  // An error number and its message, as in `{ "errcode": 42001, "errmsg": "token expired" }`.
  if (has(body, ['errmsg', 'errMsg'], isText) && has(body, ['errcode', 'errno', 'code'], isNonZero))
    return foreign <= 1 ? 'error' : 'healthy';
  if (isText(read(body, 'Message')) && isNonZero(read(body, 'ErrorCode'))) return foreign <= 1 ? 'error' : 'healthy';
  const informed = isText(read(body, 'info')) && (isText(read(body, 'infocode')) || status === '0');
  const noted = isText(read(body, 'text')) && typeof read(body, 'code') === 'number' && keys.length <= 3;
  if ((worded || noted || informed) && foreign === 0 && keys.length <= 6) return 'maybe';
  return 'healthy';
};

/** Whether a JSON value is an error body as a whole. */
export const errorBody = (body: object): BodyVerdict => {
  if (!Array.isArray(body)) return verdictOf(body);
  if (body.length === 0 || body.length > 8) return 'healthy';
  const [only] = body;
  // A stream that was cut off by an error is a list of that error alone.
  if (body.length === 1 && isObject(only) && isObject(read(only, 'error'))) return verdictOf(only);
  const salesforce = body.every(
    (item) =>
      isObject(item) &&
      isText(read(item, 'errorCode')) &&
      isText(read(item, 'message')) &&
      Object.keys(item).length <= 4,
  );
  return salesforce ? 'error' : 'healthy';
};

import { isRecord } from '../../text/is-record.ts';
import { holdsResult } from '../../text/rpc-messages.ts';
import { errorCodes } from '../jsonrpc/errors.ts';
import { readMessage } from '../jsonrpc/message.ts';
import { parseSpan } from '../jsonrpc/raw-json.ts';

/** A response that may say that the server no longer knows the session. */
export interface SessionRefusal {
  readonly status: number;
  readonly body: Buffer;
  /** Whether this very request had the id of a session that the server had given. */
  readonly hadSession: boolean;
  /** The key of the request; empty if it was none. */
  readonly key: string;
  /** Whether the response asks for credentials (`WWW-Authenticate`). */
  readonly isChallenge?: boolean;
}

/**
 * `lost`: the server does not know the session · `doubtful`: it says so in words that a tool may use as well, so another
 * request of the session has to confirm it.
 */
export type SessionEvidence = 'lost' | 'doubtful' | 'none';

/** The longest body with such words. */
const maxBytes = 4_096;
const maxWords = 80;

/** Codes of a refusal: -32600 refuses the message itself, and -32001 is the SDK's code for this case. */
const refusalCodes: ReadonlySet<unknown> = new Set([errorCodes.sessionNotFound, errorCodes.invalidRequest]);

/**
 * Whether a server has refused a request because it does not know the session.
 *
 * That is proof that the request was not carried out, so it may be repeated in a new session whatever the tool does: a
 * server with sessions finds the session before it dispatches the message, since the session holds the handler. The
 * protocol asks for 404; servers use other statuses, and JSON-RPC errors with and without the id of the request. Words
 * count only if they are all that the response says, and name nothing but the session of the protocol.
 *
 * An error under the id of the request may also come from the tool, which can use the same code and words for a session of
 * its own. Only 404 with a code of a refusal rules that out; otherwise, and if the form is not clear, another request of the
 * session decides (`doubtful`, `confirmsLoss`). The result of a tool is never evidence.
 *
 * @see https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#session-management
 */
export const sessionEvidence = (refusal: SessionRefusal): SessionEvidence => {
  const { status, body, hadSession, isChallenge } = refusal;
  if (!hadSession || (status >= 300 && status < 400)) return 'none';
  const { isOwn, hasResult, code } = readRefusal(refusal);
  if (hasResult || holdsResult(body.toString())) return 'none';
  if (status === 404 && !isOwn) return hasDoneClause(body) ? 'none' : 'lost';
  if (body.length > maxBytes) return 'none';
  const words = wordsOf(body);
  if (words === undefined || !saysLost(words)) return 'none';
  if (isOwn) {
    // A session may also end while the tool works.
    if (isChallenge === true || words.some((word) => endWords.has(word))) return 'none';
    return status === 404 && refusalCodes.has(code) ? 'lost' : 'doubtful';
  }
  if (words.some((word) => protocolWords.has(word))) return 'lost';
  if (isChallenge === true) return 'none';
  return refusalCodes.has(code) || (status >= 400 && status < 500) ? 'lost' : 'doubtful';
};

/**
 * Whether the response to a ping confirms that a doubtful response was a refusal. If that one had the id of its request, the
 * server has to refuse the ping in the same words, with the same code and status: otherwise it was the tool that spoke.
 */
export const confirmsLoss = (refusal: SessionRefusal, ping: SessionRefusal): boolean => {
  if (sessionEvidence(ping) === 'none') return false;
  return !readRefusal(refusal).isOwn || formOf(refusal) === formOf(ping);
};

const readRefusal = ({ body, key }: SessionRefusal) => {
  const { kind, key: responseKey, result, error, bytes } = readMessage(body);
  const rpcError = error && parseSpan(bytes, error);
  return {
    isOwn: kind === 'response' && responseKey === key,
    hasResult: result !== undefined,
    code: isRecord(rpcError) ? rpcError.code : undefined,
  };
};

const formOf = (refusal: SessionRefusal): string => {
  const { isOwn, code } = readRefusal(refusal);
  return JSON.stringify([refusal.status, isOwn, code, wordsOf(refusal.body)]);
};

/** Whether a body says nothing but that the session is not known. */
export const namesLostSession = (body: Buffer): boolean => {
  const words = body.length > maxBytes ? undefined : wordsOf(body);
  return words !== undefined && saysLost(words);
};

/** A participle, or another word by which a text says that something was done. */
const doneWord =
  /\b(?:sent|made|paid|built|written|succeeded|done|went through|already|[a-z]{3,20}(?<!need|speed|feed|unsupport|not implement)ed)\b/i;

/** What a rejection may say with a participle: that something is not there or has ended, and how to ask for it. */
const ofRefusal =
  /\b(?:no|not|never|none|without|cannot|un\w+|in(?:valid|active)\w*|session|sessions|connection|token|request|requested|url|page|path|route|resource|method|expired|required|failed|denied|refused|rejected)\b/i;

/** Whether a plain text says in a clause of its own that something was done, such as `order 12 created, but the session is gone`. */
const hasDoneClause = (body: Buffer): boolean => {
  const text = body.toString('utf8', 0, maxBytes);
  return (
    !/^\s*</.test(text) &&
    text.split(/[.,;:!?\n{}[\]"]/).some((clause) => doneWord.test(clause) && !ofRefusal.test(clause))
  );
};

/** Members of an error body whose texts are part of what it says. */
const textMembers: readonly string[] = [
  'error',
  'message',
  'msg',
  'detail',
  'details',
  'title',
  'reason',
  'description',
  'error_description',
  'errorMessage',
  'hint',
  'data',
];

/** The words of a body, in lowercase; undefined if it holds more than texts and plain values. */
const wordsOf = (body: Buffer): readonly string[] | undefined => {
  const text = body.toString().trim();
  const texts: string[] = [];
  if (text.startsWith('{') || text.startsWith('[') || text.startsWith('"')) {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      return undefined;
    }
    if (!collectTexts(value, texts, 0)) return undefined;
  } else texts.push(text.startsWith('<') ? textOfPage(text) : text);
  const words = texts.flatMap(splitWords);
  return words.length > maxWords ? undefined : words;
};

/** Adds the texts of an error body. Returns false if it holds data too. */
const collectTexts = (value: unknown, texts: string[], depth: number): boolean => {
  if (typeof value === 'string') {
    texts.push(value);
    return true;
  }
  if (value === null || typeof value !== 'object') return true;
  if (!isRecord(value) || depth > 3) return false;
  return Object.entries(value).every(([name, member]) => {
    if (textMembers.includes(name)) return collectTexts(member, texts, depth + 1);
    // An id, a status, a path, a time.
    return member === null || typeof member !== 'object';
  });
};

const textOfPage = (page: string): string =>
  page
    .replace(/<(script|style|title)\b[^>]*>[\s\S]*?<\/\1>/gi, ' ')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&(?:quot|#39|nbsp|apos);/g, ' ');

/** Begins of a message that name its status or its kind and say nothing else. */
const frames =
  /^\s*(?:(?:(?:mcp )?error|exception|failed|http(?:\/[\d.]+)?|status(?: code)?)\b[\s:]*)?(?:\(?-?\d{3,5}\)?[\s:-]*)?(?:(?:bad request|not found|gone|unauthori[sz]ed|forbidden|conflict|invalid request|internal (?:server )?error|service unavailable|server error|error)\b(?: error)?\s*(?:[:.–—-]|$)\s*)?/i;

/** The words of one text, names split into their parts, and `#` in the place of an id. */
const splitWords = (text: string): string[] => {
  let rest = text.trim();
  for (let before = ''; before !== rest; ) {
    before = rest;
    rest = rest.replace(frames, '');
  }
  return rest
    .replace(/["'`“”‘’«»](?:[^\s"'`“”‘’«»]*)["'`“”‘’«»]/g, (quoted) => (/session/i.test(quoted) ? quoted : ' # '))
    .split(/[^\p{L}\p{N}_-]+/u)
    .flatMap((word) => (isId(word) ? ['#'] : word.split(/[_-]+|(?<=\p{Ll})(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/u)))
    .filter((word) => word !== '')
    .map((word) => word.toLowerCase());
};

/** Whether a word is the value of an id: it has a digit in it. */
const isId = (word: string): boolean => /\d/.test(word);

const setOf = (words: string): ReadonlySet<string> => new Set(words.split(/\s+/));

/** Words that only concern the protocol; no tool has a session of these. */
const protocolWords = setOf(
  'mcp transport header streamable reinitialize reinitialise initialize initialise initialized initialised initialization initializing reinitialization',
);

const lossWords = setOf(
  `not no unknown invalid expired missing bad gone lost closed terminated stale required unrecognized unrecognised inactive deleted
  removed ended evicted destroyed nonexistent never cannot dead unavailable mismatch mismatched without before timed doesn isn
  reinitialize reinitialise reinitialization nosession wrong undefined finished dropped`,
);

/** Words that say that a session has ended, perhaps while the request was carried out. */
const endWords = setOf(
  'closed terminated lost ended dropped finished completed complete before while during timed timeout destroyed removed',
);

/** Words that say nothing else in a sentence about a session. */
const plainWords = setOf(
  `# session sessions id ids identifier identifiers uuid key mcp transport transports header headers http streamable sse protocol server servers client clients
  request requests response the this that your a an any its it s t d current active valid existing matching corresponding associated
  such known open opened previous old given provided specified supplied requested was is are be been has have had being found find
  exist exists does do did could can may might must should need needs will to locate look lookup up load resolve recover restore
  for with from on in by at of or and but as if so than then longer more anymore instance node worker pod process replica api host backend
  machine endpoint due after inactivity timeout timeouts idle out already yet initialize initialise initialized initialised
  initialization initializing re available recognized recognised error failed exception match matches here there present stored
  store memory map registry pool restart restarted restarting redeployed since because please send sending sent start starting create creating begin
  beginning new again reconnect reconnecting retry try use using call make making obtain first fresh you handshake connect connection establish perform one post
  continue which was likely probably also only active accepted complete completed through via own belong belongs owned when while received`,
);

/** Whether these words say nothing but that a session is not known, or has to begin again. */
const saysLost = (words: readonly string[]): boolean => {
  if (!words.every((word) => plainWords.has(word) || lossWords.has(word) || protocolWords.has(word))) return false;
  const isAbout = words.some((word) => word === 'session' || word === 'sessions' || /^(?:re)?initiali[sz]/.test(word));
  return isAbout && (words.some((word) => lossWords.has(word)) || asksToBegin(words));
};

/** "Re-initialize", "initialize again". */
const asksToBegin = (words: readonly string[]): boolean =>
  words.some(
    (word, index) => /^initiali[sz]/.test(word) && (words[index - 1] === 're' || words[index + 1] === 'again'),
  );

import { partsOf } from './parts.ts';
import { isDenied, isParticiple } from './steps.ts';
import { plainWords } from './words.ts';
import { isService } from './wrappers.ts';

const setOf = (words: string): ReadonlySet<string> => new Set(words.trim().split(/\s+/));

/** What a reader is asked to do about a refused login, a connection or a limit. */
const verbs = setOf(`
  run rerun re-run execute set export open reopen use sign log login re-login relogin reconnect connect restart relaunch reload generate regenerate obtain
  get acquire enable install reinstall configure reconfigure click go visit see read check recheck double-check verify ensure make contact ask wait retry try reduce
  upgrade increase slow refer consult provide pass specify supply enter update renew refresh rotate replace start authorize authorise authenticate
  reauthenticate re-authenticate reauthorize re-authorize link relink navigate choose select copy paste edit register adjust review inspect launch turn switch
  press take consider avoid limit fix learn find add attach include create define export type allow whitelist allowlist point
`);

/** Words of such sentences, beside those of any failure report: how a program, a login or a network is set up. */
const setup = setOf(`
  app apps application applications integration integrations extension extensions plugin plugins addon addons workspace workspaces dashboard console portal
  profile profiles browser browsers tab window page pages link links url button menu section sections readme manual faq guide wizard terminal shell command
  commands cli line flag flags option options argument arguments env file files setting settings setup preferences panel screen admin ci headless
  code device devices machine machines desktop docker emulator simulator bridge process program programs environments installation installations
  latest recent fresh valid correct right proper different own personal same following above below left full debug bug bugs report reports verbose output
  me my them both either instead directly manually automatically properly locally once unless whether let know
  running started reachable enabled installed listening allow allows match matches points point pointing able support supports want wish like
  continue proceed ask call give grant access key any break loglevel details app's using via into onto within between
  seconds minutes minute moment while bit hour day days few one two steps instructions it's that's
`);

/** What a login is made with. */
const credential =
  /^(?:tokens?|keys?|credentials?|sessions?|passwords?|secrets?|cookies?|certificates?|logins?|jwt|apikey|account|accounts|ticket|login|username|signature|bearer|pop|auth\w*)$/;

/** Words that say how it is with such a thing, beside those of any failure report. */
const states = setOf(`
  timed out exist exists existing inactive selected formed well dots dot records record recognized recognised decoded decode parsed parse load
  loading default associated belong belongs format serialization compact improperly scoped scope support recommended modes signed unsigned
  age aged lifetime old older newer rejected unusable usable suitable matching lost outdated unreadable empty blank
  idle inactivity lacks lack lacking lasts lasted validity wrong typo mistyped misspelled unset absent specified whitelisted
  somewhere else elsewhere another presently longer anymore yet either neither nor if then was were
`);

/** What stands for no word of its own: code, names of variables and flags, addresses, paths, dates and lengths of time. */
const tokens =
  /`[^`\n]{1,120}`|"[^"\n]{1,60}"|'[^'\n]{1,60}'(?!\w)|«[^»\n]{1,60}»|„[^“\n]{1,60}“|https?:\S{1,300}|(?<![\w@/.-])(?:[a-z][\w-]{0,40}\.){1,4}(?:com|org|net|io|dev|ai|co|app|example|test)\b(?!\/)|(?<![\w-])--?[a-z][\w-]{0,40}(?:=\S{1,60})?|\b[A-Z][A-Z0-9]{1,30}(?:_[A-Z0-9]{1,30}){1,6}\b|(?<![\w/])[~.]?\/[\w.@~-]{1,60}(?:\/[\w.@~-]{1,60}){0,8}|\b[\w-]{1,40}\.(?:md|json|ya?ml|toml|env|ini|conf|cfg|txt|html|exe)\b|\b\d{4}-\d\d-\d\d(?:[T ][\d:.]{4,20}Z?)?|\b\d{1,4} ?(?:s|secs?|seconds?|m|mins?|minutes?|h|hours?|days?)\b|\b\d{1,3}\.\d\d:\d\d:\d\d\b/g;

/** A title of a step that a reader takes, and what stands before a hint. */
const lead =
  /^(?:[\s>*•│|📎💡ℹ→-]|\d{1,2}[.)] ){0,8}(?:(?:hint|tip|note|help|suggestions?|next steps?|solution|fix|action|resolution|remediation|recommended action|learn more|more info)\s?[:-]\s?)?/iu;
const condition = /^(?:to|for|if|when|in order to|once|after|before) [^,.;:!?\n]{3,90}, ?/i;
const opening =
  /^(?:(?:please|then|and|or|alternatively|otherwise|also|just|simply|first|you|can|could|must|should|may|might|need|have|want|will|to|try|kindly|either|instead),? ){0,5}/i;

const sentences =
  /(?<=^|[.!?;:\n()│] {0,8}| [-–—] |\ue001 {0,40}|\ue002 {0,40})(?=[\p{L}\p{N}"'`\s>*•📎💡-])(?:[^.!?;:\n\ue001\ue002]|[.!?:](?=[\w/])){3,300}(?=[.!?;\n]|:\s{0,4}(?:\n|https?:|$)|$)[.!?]?/gu;

const wordExpression = /[\p{L}][\p{L}\p{N}'’-]*/gu;

/** Names that are words of failure reports, but things of a business as well. */
const isThing = (word: string, own: readonly string[]): boolean =>
  own.includes(word) || own.includes(word.replace(/s$/, ''));

/** An address of a page about failures, logins or limits: any other may be that of what the call has made. */
const ofHelp =
  /^(?!\S{0,280}\/\d{1,12}(?:$|[/?#.,\s])(?!\S{0,40}errors?))\S{0,200}(?:docs?\b|help|login|auth|support|sign-?in|tokens?\b|settings|console|errors?\b|status|limits?\b|developer|identity|guide|faq|billing|api-?keys)/i;

/** Whether each word of a sentence is of the way to a service: then it says nothing of what the call has made. */
const isOfWay = (sentence: string, own: readonly string[], more: ReadonlySet<string>): boolean => {
  const rest = sentence.replace(tokens, ' ');
  if (/\d|\bE[A-Z]{4,20}\b/.test(rest)) return false;
  for (const [address] of sentence.matchAll(/https?:\S{1,300}/g)) if (!ofHelp.test(address)) return false;
  const [, ...words] = ` ${rest}`
    .split(/(?=\p{L})(?<![\p{L}\p{N}'’-])/u)
    .map((part) => part.match(wordExpression)?.[0] ?? '');
  return words.every((word, index) => {
    const lower = word.toLowerCase().replaceAll('’', "'");
    if (lower === '') return true;
    const isName = index > 0 && /^\p{Lu}[\p{L}\d]+$/u.test(word);
    if (isThing(lower, own)) return isName && (!isDenied(lower) || isService(lower));
    return (
      more.has(lower) ||
      plainWords.has(lower) ||
      partsOf(lower).every((part) => plainWords.has(part) || more.has(part)) ||
      (isName && !isDenied(lower) && !isParticiple(lower))
    );
  });
};

const adviceWords: ReadonlySet<string> = new Set([...verbs, ...setup, ...states]);

/** Words of tool names that any guidance has. */
const anyone = setOf('run get set use login auth api http mcp client server call cli tool help docs key token app');

const question = /^(?:is|are|did|have|has|do|does)\b[^?]*\?$/i;

/** What follows such a verb in a sentence, unlike in the name of a step. */
const after =
  /^(?:an?|the|your|this|that|these|it|its|to|with|in|on|at|for|from|by|again|sure|whether|if|and|or|fewer|less|slower|down|up|out|back|into|as|different|another|any|one|new|valid|longer|more|or|via|using|log|only|https?:\S*|(?:[\w-]{1,40}\.){1,4}(?:com|org|net|io|dev|ai))\b/;

const isAdvice = (sentence: string, own: readonly string[]): boolean => {
  const plain = sentence.replace(lead, '');
  if (question.test(plain)) return isOfWay(plain, own, adviceWords);
  const [asked = ''] = condition.exec(plain) ?? [];
  const told = plain.slice(asked.length);
  if (told.split(/\s+/).length < 2) return false;
  const [, verb = '', next = ''] =
    /^(\p{L}[\p{L}-]*)\s{0,4}(\S{0,40})/u.exec(told.slice(opening.exec(told)?.[0].length ?? 0)) ?? [];
  // `attach file` may be the name of a step.
  return (
    verbs.has(verb.toLowerCase()) &&
    (!/^[a-z]/.test(next) || after.test(next)) &&
    isOfWay(`${asked} ${told}`, own, adviceWords)
  );
};

/** What joins another clause, or says that something was not done. */
const several =
  /\b(?:and|but|so|then|while|because|before|after)\b|\b(?:could|can|did|would|does) ?n['’o]t\b(?! (?:exist|belong|have|match|allow))|\b(?:cannot|unable to|failed to)\b/i;

/** Words of a login that was refused: a sentence without any of them may say that the login works. */
const refused =
  /\b(?:no|not|never|without|missing|expired|timed out|invalid|incorrect|wrong|lacks?|unknown|unrecogni[sz]ed|revoked|outdated|malformed|rejected|inactive)\b|n['’]t\b/i;

/** Whether a sentence only says how it is with a login: `No existing credentials found`, `The token was issued on 2026-02-11`. */
const isOfCredential = (sentence: string, own: readonly string[]): boolean => {
  const words = (sentence.match(wordExpression) ?? []).map((word) => word.toLowerCase());
  return (
    words.length > 2 &&
    !several.test(sentence) &&
    words.some((word) => credential.test(word)) &&
    refused.test(sentence) &&
    !own.some((part) => credential.test(part) && part !== 'auth') &&
    isOfWay(sentence, own, states)
  );
};

/** Blanks whole sentences that tell the reader what to do about a failure, or how it is with the login. */
export const withoutGuidance = (text: string, tool: string, blank: (match: string) => string): string => {
  const all = partsOf(tool);
  const own = all.filter((part) => part.length > 2 && !anyone.has(part));
  return text.replace(sentences, (sentence) => {
    const trimmed = sentence.trim();
    return /\p{L}/u.test(trimmed) && (isAdvice(trimmed, own) || isOfCredential(trimmed, all))
      ? blank(sentence)
      : sentence;
  });
};

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from './sources.ts';

const textFiles = (path: string): string[] =>
  statSync(join(root, path)).isFile()
    ? [path]
    : readdirSync(join(root, path), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && /\.(tsx?|md|html|css)$/.test(entry.name))
        .map((entry) => join(entry.parentPath, entry.name).slice(root.length));

interface Line {
  readonly place: string;
  readonly text: string;
}

const linesOf = (paths: readonly string[]): Line[] =>
  paths.flatMap(textFiles).flatMap((path) =>
    readFileSync(join(root, path), 'utf8')
      .split('\n')
      .map((text, at) => ({ place: `${path}:${at + 1}`, text })),
  );

const code = linesOf(['machines', 'fixes', 'src']);
const texts = [...code, ...linesOf(['docs', 'README.md', 'CONTRIBUTING.md'])]
  // The glossary's last column says which words are not used.
  .filter(({ place, text }) => !(place.startsWith('CONTRIBUTING.md') && text.startsWith('| ')));

const linesWith = (lines: readonly Line[], pattern: RegExp): string[] =>
  lines.filter(({ text }) => pattern.test(text)).map(({ place, text }) => `${place}: ${text.trim().slice(0, 120)}`);

/**
 * Names that have a better one. Of an ordinary word that was the name of a class or a type, such as `Turn` or `Lane`, only
 * the declaration is looked for. Left out are words that other code uses rightly, such as `told`, `keep` or `answered`.
 */
const goneNames = `
  AnnotationBook AnswerCutError AnswerStream AskForPage AskingServer BegunRun BreakerNow CatalogKind CatalogWatch
  ClientQuestions ExchangeOptions FirstEnd FixLedger ForeignBlock FixTurn HandReader HangWatch HeaderMark HealthNow
  HeldBack KeepingStream KeptEvent LastAnswer LaterAttempts LinkParts LocalLedger MachineLedger MachineMark MakeServerSide
  MendingName OnDemand OpenAsk OpenCall OverTimeCounter OwnIds OwnRecordReader OwnRequests ParamBook PeerCard PostedBody
  ProcessMark ProgressBook ProgressLine ProxyWay RefusalNotes RelayHealer RepeatAnswer RepeatQuestion RunWayOptions
  ServerChild ServerPorts ServerSide SessionBook SessionDesk StatelessDesk StumblingBuilds ToldRun ToldStep ToolHeaders
  TurnWanted TurnedDown UpstreamLink UpstreamProcess UrlSide WaitPlan WaitingCall
  addTold addUntied alreadyMended answerFor answerRefused answerWithin approveThrough asToolCall askForLife askPeer askPerson
  askServer cameAt castsDoubt cluesOf comesBack commandSide decodedHeader encodedHeader endLeftBehind endsBare envelopeOf
  eraOf errorAnswer failedInARow failedValue findDoubts fixSaid goesNowhere headerMarksOf healthless healthyAfter instantOf
  isForgotten isMadeUp isStill isTakenBack isTelemetryWanted isTelling isUntaken isWholeMessage isYes justAfter
  keepForLater knownVersion lastStraw leftBehind letScriptsRead listRequests mayReconnect mendedBy mendedHere
  mendedMeanwhile metadataSeenThrough mirroredHeaders mismatchedHeaders mismatchedParams mostEarly movesBetween
  namedInCall noteUse ofTheWay openForMs openNow ownLine ownSituation paramHeadersOf parserTalk passRest pastAttempt
  plainProxy plainTextOf protocolMetaOf putBefore quietClock ranOutOfTime readBare readPosted refuseOversize repeatsLost
  restedEnough roundedFrom runWay runWithin seenFrom seenThrough sendOver sentAgain settledAs sharedFrom sharedHere
  showsForms skipSpace soundPatterns standsAlone startChild staysHere staysOpen stillLooks substituteFor takeIn takenBack
  takesNote tellServer toldBy toldSituation tookLate tornLooks traceEdits turnNeverCame untroubled urlSide usedFixes
  usualNames waitFix watchGroup wentWell whereTheyAre whyUrlStays willSend wouldRun
  MENDED_MEANWHILE HEALFLOW_TURN
`
  .trim()
  .split(/\s+/);

const goneDeclarations = `
  Ask Asker Beating Beside Busy Catalog Clues Conversation Damage Dropped Ended Ending Era Exchange Expected Flow Foreign Form
  Forms Front Happened Hindrance Holdable Judged Kept Lane Line LineEnd Listens Loss Member Occasion Outbound Outflow Outgoing
  Places Posts Pulse Question Questions Reached Refused Reply Returned Scrolls Settled Stop Subscriptions Substitute
  Teller Tie Told Turn Untold Waiting
`
  .trim()
  .split(/\s+/);

const goneWords: readonly (readonly [word: string, better: string, pattern: RegExp])[] = [
  ['mend', 'fix or repair', /\bmend(s|ed|ing)?\b/i],
  ['anew', 'again', /\banew\b/i],
  ['whoever', 'the caller, the client, any process', /\bwhoever\b/i],
  ['those who', 'a noun', /\bthose who\b/i],
  ['so many, so often, so long', 'maximum number of, how long', /\bso (many|often|long)\b(?! as\b)/i],
  ['went well', 'succeeded', /\b(went|goes|go|gone|going|end|ends|ended) well\b/i],
  ['in small letters', 'lowercase', /\bin small letters\b/i],
  ['undefined where', 'undefined if', /\b(undefined|null|true|false) where\b/i],
  ['hand back', 'return', /\bhand(s|ed|ing)? back\b/i],
  ['tells whether', 'whether', /\btells? whether\b/i],
];

describe('the code', () => {
  it('uses no name that has a better one', () => {
    const names = new RegExp(`(?<![\\w-])(${goneNames.join('|')})(?!\\w)`);
    expect(linesWith(code, names)).toEqual([]);
  });

  it('declares no class, type or interface by an ordinary word of the old idiom', () => {
    const declared = new RegExp(`\\b(class|interface|type) (${goneDeclarations.join('|')})\\b(?! [a-z])`);
    expect(linesWith(code, declared)).toEqual([]);
  });
});

describe('code and documentation', () => {
  it.each(goneWords)('do not say "%s": %s', (_word, _better, pattern) => {
    expect(linesWith(texts, pattern)).toEqual([]);
  });
});

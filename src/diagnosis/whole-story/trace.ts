import { sourceLine, stackLine } from './blanks.ts';
import { partsOf, wordExpression } from './parts.ts';
import { tellsOfStep } from './steps.ts';
import { steps } from './words.ts';

/** Frames of runtimes and libraries, whose names have nothing to do with a tool's steps. */
const ofLibrary =
  /node_modules|\bnode:|site-packages|dist-packages|\/lib\/(?:python|ruby|node)|\/vendor\/|^\s*at (?:async )?(?:java|javax|jdk|sun|com\.sun|kotlin|scala|okhttp3?|io\.netty|io\.grpc|reactor|org\.(?:apache|springframework|eclipse|hibernate|postgresql|elasticsearch|asynchttpclient)|redis|com\.(?:google|amazonaws|azure|mysql|zaxxer|fasterxml|mongodb)|retrofit2?|feign|System|Microsoft|Npgsql|MySql|StackExchange|Grpc|Polly)[./]/;

/** Words in the names of a program's own functions that tell of a step which follows another. */
const later =
  /^(?:second|third|next|new|then|after|rest|remaining|last|previous|prior|old|also|again|post|finish|complete|done|finally|to|of|for|into|onto|attach|assign|label|tag|link|comment|protect|subscribe|share|invite|announce|follow|log|track|record|index|verify|confirm|poll|await|wait|watch|refresh|invalidate|publish|emit|broadcast|sync|cache)$/;

const harmless =
  /^(?:red|shed|need|feed|seed|speed|fed|bed|embed|limited|unauthorized|failed|refused|rejected|expired|throttled|wrapped|cached|typed|generated|untyped|unauthenticated|proxied|shared|based|nested)$/;

const isNew = /^_?new(?:_?conn\w*|_?client|_?request|_?session|_?socket|Conn\w*|Client|Request|Session|Socket)$/;

/** Steps that the frames of a program's own code tell of. */
const ownSteps = /^(?:ledger|queue|close|event|events|dispatch|step|job|enqueue|commit|flush|log|report)$/;

const stepOf = (line: string, tool: string): string | null => {
  const library = ofLibrary.test(line);
  const named = library
    ? line
    : line.replace(/\((?:file:\/\/)?[^()\n]*\)?|"[^"\n]*"|\bin \/[^\n]*$|[\w./@-]*\/[\w./@-]*/g, ' ');
  for (const [word] of line.matchAll(wordExpression)) {
    const parts = partsOf(word);
    if (!library && /^\s*at /.test(line) && /^\d+$/.test(word) && /\s\d+\s/.test(line.replace(/\bline \d+/g, ' ')))
      return word;
    if (parts.some((part) => steps.has(part))) return word;
    if (
      !library &&
      !/^index$/.test(word) &&
      (tellsOfStep(word, tool) || parts.some((part) => ownSteps.test(part) && !partsOf(tool).includes(part)))
    )
      return word;
  }
  for (const [word] of named.matchAll(wordExpression)) {
    if (/^(?:at|in|async|new|line|File|from|return|await|raise|response|self)$/.test(word) || isNew.test(word))
      continue;
    const parts = partsOf(word);
    const isLater = (part: string): boolean => later.test(part) || (/[a-z]{2}ed$/.test(part) && !harmless.test(part));
    if (!library && parts.length > 1 && parts.some(isLater)) return word;
    if (/(?:^|[a-z_])[aA]fter[_A-Z]/.test(word) && !/onnect|equest|ptions/.test(word)) return word;
  }
  return null;
};

/** Finds a step that comes after the effect of a call, in the lines of a stack trace; null if there is none. Pure. */
export const stepIn = (trace: string, tool: string): string | null => {
  for (const line of trace.split('\n')) {
    const step = stepOf(line, tool);
    if (step !== null) return step;
  }
  return null;
};

/** The lines of a text that belong to a stack trace. */
export const traceOf = (text: string): string =>
  [...(text.match(stackLine) ?? []), ...(text.includes('File "') ? (text.match(sourceLine) ?? []) : [])].join('\n');

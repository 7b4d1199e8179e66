import { wrappedEnd } from './wrapped.ts';

/** A piece of a text that must not be shown: from `start` up to, not including, `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
  /** What was found, as the mask names it; empty if only a name or an exact value gave it away. */
  readonly kind: string;
}

/** Takes up the spans that a detector finds, in any order; they may overlap. */
export type AddSpan = (start: number, end: number, kind?: string) => void;

/** Finds secrets in a text. Takes time linear in its length. */
export type Detector = (text: string, add: AddSpan) => void;

/** A mask as it is in a text; valid inside a JSON string. */
export const maskPattern = /\[redacted(?::[a-z0-9-]{1,40})?\]/;
const wholeMask = new RegExp(`^${maskPattern.source}$`);

/** The text that stands in for a secret. */
export const mask = (kind = ''): string => (kind === '' ? '[redacted]' : `[redacted:${kind}]`);

const number = /^-?\d{1,40}(?:\.\d{1,400})?(?:[eE][+-]?\d{1,4})?$/;

/** Whether a span is a number that is the value of a member in JSON: its mask has to be a string there. */
const isJsonNumber = (text: string, start: number, end: number): boolean =>
  number.test(text.slice(start, Math.min(end, start + 500))) &&
  /"\s{0,8}:\s{0,8}$/.test(text.slice(Math.max(0, start - 20), start)) &&
  /^\s{0,8}[,}]/.test(text.slice(end, end + 9));

/** Replaces every span by a mask; spans that overlap or touch become one. A token that was wrapped is masked on all its lines. */
export const maskSpans = (text: string, spans: Span[]): string => {
  spans.sort((a, b) => a.start - b.start || b.end - a.end);
  let out = '';
  let done = 0;
  for (let index = 0; index < spans.length; ) {
    const first = spans[index] as Span;
    let { end, kind } = first;
    for (index += 1; index < spans.length; index += 1) {
      const next = spans[index] as Span;
      if (next.start > end) break;
      // The mask names what was found only if that is the whole of it.
      if (kind === '' && next.start === first.start && next.end === end) kind = next.kind;
      else if (next.end > end) kind = '';
      end = Math.max(end, next.end);
    }
    const wrapped = wrappedEnd(text, first.start, end);
    if (wrapped > end) {
      end = wrapped;
      while (index < spans.length && (spans[index] as Span).start <= end) {
        end = Math.max(end, (spans[index] as Span).end);
        index += 1;
      }
    }
    const piece = text.slice(first.start, end);
    const masked = isJsonNumber(text, first.start, end) ? `"${mask(kind)}"` : mask(kind);
    out += text.slice(done, first.start) + (wholeMask.test(piece) ? piece : masked);
    done = end;
  }
  return out + text.slice(done);
};

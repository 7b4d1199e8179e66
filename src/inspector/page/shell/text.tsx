import { highlight } from '../text/highlight.ts';
import { shown } from '../text/shown.ts';
import { ScrollArea } from './scroll-area.tsx';

/** Untrusted text: it cannot change the direction of the text around it, and invisible characters are escaped. */
export const UntrustedText = ({ text }: { text: string }) => <bdi class="foreign">{shown(text)}</bdi>;

/** Untrusted text with line breaks, such as an error or output. */
export const UntrustedBlock = ({ text, label }: { text: string; label: string }) => (
  <ScrollArea class="foreign block" label={label}>
    <pre dir="ltr">{shown(text)}</pre>
  </ScrollArea>
);

/** Untrusted text with the match highlighted; only the match if the text does not contain it. */
export const Matched = ({ text, evidence }: { text: string; evidence: string }) => {
  const pieces = highlight(text, evidence) ?? [
    ...(evidence === '' ? [] : [{ text: evidence, matched: true }]),
    ...(evidence === '' ? [{ text, matched: false }] : []),
  ];
  return (
    <p class="foreign matched" dir="ltr">
      {pieces.map((piece) =>
        piece.matched ? (
          <mark key="matched">{shown(piece.text)}</mark>
        ) : (
          <span key={piece.text}>{shown(piece.text)}</span>
        ),
      )}
    </p>
  );
};

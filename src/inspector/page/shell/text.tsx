import { highlight } from '../text/highlight.ts';
import { shown } from '../text/shown.ts';
import { ScrollArea } from './scroll-area.tsx';

/** A text that the page did not write: what it holds cannot turn the text around it, and what cannot be seen is spelled out. */
export const UntrustedText = ({ text }: { text: string }) => <bdi class="foreign">{shown(text)}</bdi>;

/** The same in lines, as an error or an output has them. */
export const UntrustedBlock = ({ text, label }: { text: string; label: string }) => (
  <ScrollArea class="foreign block" label={label}>
    <pre dir="ltr">{shown(text)}</pre>
  </ScrollArea>
);

/** The same with the piece marked that was matched; that piece alone where the text does not hold it. */
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

import type { Detector } from './spans.ts';

const begin = /-{4,5} ?BEGIN (?:[A-Z0-9]+ ){0,4}PRIVATE KEY(?: BLOCK)? ?-{4,5}/g;
const end = /-{4,5} ?END (?:[A-Z0-9]+ ){0,4}PRIVATE KEY(?: BLOCK)? ?-{4,5}/g;
/** A line break as it is, or escaped; what may be before a line of the key: quotes, prompts and margins of logs. */
const keyLine =
  /(?:(?:\\+[nr]|\r?\n|\\?\r?\n)+[ \t>|+"']{0,40}(?:[A-Za-z-]{3,20}: ?[\w,. -]{1,80}(?=[\r\n\\])|[A-Za-z0-9+/=]+(?=[\s"'\\,]|$))|[ \t]+[A-Za-z0-9+/=]{16,})/y;

const longest = 65_536;

/** Where a private key ends whose end marker is missing: after its last line of base64. */
const endOfTorn = (text: string, from: number): number => {
  let at = from;
  keyLine.lastIndex = at;
  while (at - from < longest && keyLine.test(text)) {
    at = keyLine.lastIndex;
  }
  return at;
};

const isKeyText = (code: number): boolean =>
  (code >= 48 && code <= 57) ||
  (code >= 65 && code <= 90) ||
  (code >= 97 && code <= 122) ||
  code === 43 || // +
  code === 47 || // /
  code === 61 || // =
  code === 92 || // \
  code === 10 ||
  code === 13;

/** Where a private key begins whose begin marker is missing. */
const startOfTorn = (text: string, markerStart: number, floor: number): number => {
  let at = markerStart;
  while (at > floor && markerStart - at < longest) {
    if (isKeyText(text.charCodeAt(at - 1))) at -= 1;
    else if (/[ \t]/.test(text[at - 1] as string)) {
      // Blanks belong to the key only as the margin of a line.
      let margin = at - 1;
      while (margin > floor && at - margin < 40 && /[ \t]/.test(text[margin - 1] as string)) margin -= 1;
      if (margin > floor && text[margin - 1] !== '\n') break;
      at = margin;
    } else break;
  }
  return at;
};

/** Finds PEM, OpenSSH, SSH2 and PGP private keys (RFC 7468, RFC 4716, RFC 4880), torn ones too. Certificates and public keys stay. */
export const findPrivateKeys: Detector = (text, add) => {
  if (!text.includes('PRIVATE KEY')) return;
  const ends = [...text.matchAll(end)].map((match) => ({ start: match.index, end: match.index + match[0].length }));
  let done = 0;
  let next = 0;
  const addTornBefore = (limit: number): void => {
    for (; next < ends.length && (ends[next] as { start: number }).start < limit; next += 1) {
      const marker = ends[next] as { start: number; end: number };
      if (marker.start < done) continue;
      add(startOfTorn(text, marker.start, done), marker.end, 'private-key');
      done = marker.end;
    }
  };
  for (const match of text.matchAll(begin)) {
    if (match.index < done) continue;
    addTornBefore(match.index);
    const body = match.index + match[0].length;
    const marker = ends[next];
    const torn = marker === undefined || marker.start - body > longest;
    done = torn ? endOfTorn(text, body) : marker.end;
    add(match.index, done, 'private-key');
    if (!torn) next += 1;
  }
  addTornBefore(text.length);
};

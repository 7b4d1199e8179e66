import type { NeededPieces } from './needed-pieces.ts';

interface Piece {
  readonly text: string;
  /** Each way of matching that is looked for by this piece: whose it is, and what it needs beside. */
  readonly ways: { readonly item: number; readonly others: readonly string[] }[];
}

/** A class for each letter and digit, 0 for all else. Digits share classes: what is found is compared. */
const classes = new Uint8Array(128);
for (let letter = 0; letter < 26; letter++) classes[97 + letter] = letter + 1;
for (let digit = 0; digit < 10; digit++) classes[48 + digit] = 27 + (digit % 5);

const classAt = (text: string, at: number): number => {
  const code = text.charCodeAt(at);
  return code < 128 ? (classes[code] as number) : 0;
};

const openingLength = 3;
const openingOf = (piece: string): number => (classAt(piece, 0) << 10) | (classAt(piece, 1) << 5) | classAt(piece, 2);

/** Finds which items of many may match a text, in one pass over it: those of which it holds what they need. */
export class PieceIndex {
  readonly #pieces = new Map<string, Piece>();
  /** By its first three characters, the place of a list of pieces; 0 where there is none. */
  readonly #openings = new Uint16Array(1 << 15);
  readonly #lists: Piece[][] = [[]];

  /** @param needs What each item needs, by its number. */
  constructor(needs: ReadonlyMap<number, NeededPieces>) {
    const frequency = new Map<string, number>();
    for (const ways of needs.values()) {
      for (const piece of ways.flat()) frequency.set(piece, (frequency.get(piece) ?? 0) + 1);
    }
    const often = (piece: string): number => frequency.get(piece) ?? 0;
    for (const [item, ways] of needs) {
      for (const way of ways) {
        const [rarest = '', ...others] = [...way].sort((a, b) => often(a) - often(b) || b.length - a.length);
        this.#pieceOf(rarest).ways.push({ item, others });
      }
    }
  }

  /** The numbers of the items, in no order. @param text In small letters. */
  itemsIn(text: string): Set<number> {
    const held = new Set<Piece>();
    let opening = 0;
    for (let at = 0; at < text.length; at++) {
      const of = classAt(text, at);
      opening = of === 0 ? 0 : ((opening << 5) | of) & 0x7fff;
      const list = this.#openings[opening] as number;
      if (list === 0) continue;
      for (const piece of this.#lists[list] ?? []) {
        if (text.startsWith(piece.text, at + 1 - openingLength)) held.add(piece);
      }
    }
    const items = new Set<number>();
    for (const { ways } of held) {
      for (const { item, others } of ways) if (others.every((other) => text.includes(other))) items.add(item);
    }
    return items;
  }

  #pieceOf(text: string): Piece {
    const known = this.#pieces.get(text);
    if (known !== undefined) return known;
    const piece: Piece = { text, ways: [] };
    this.#pieces.set(text, piece);
    const opening = openingOf(text);
    const list = this.#openings[opening] as number;
    if (list !== 0) this.#lists[list]?.push(piece);
    else this.#openings[opening] = this.#lists.push([piece]) - 1;
    return piece;
  }
}

/** One fenced block of a page. */
export interface Block {
  /** Where it is: `README.md:12`. */
  readonly place: string;
  /** The word after the fence; empty where there is none. */
  readonly language: string;
  readonly text: string;
  /** The content of an HTML comment right before the block. */
  readonly marker: string | undefined;
}

const fence = /^(\s*)(`{3,}|~{3,})\s*([^\s`]*)[^`]*$/;

/** Splits a page into its fenced blocks and the lines outside them. */
export const readPage = (path: string, page: string): { blocks: Block[]; prose: string[] } => {
  const lines = page.split('\n');
  const blocks: Block[] = [];
  const prose: string[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const open = fence.exec(lines[at] ?? '');
    if (open === null) {
      prose.push(lines[at] ?? '');
      continue;
    }
    const [, indent = '', ticks = '', language = ''] = open;
    const start = at;
    const isEnd = (line: string): boolean =>
      line.trim().startsWith(ticks) && line.trim().replaceAll(ticks[0] ?? '', '') === '';
    const text: string[] = [];
    for (at += 1; at < lines.length && !isEnd(lines[at] ?? ''); at += 1) {
      const line = lines[at] ?? '';
      text.push(line.startsWith(indent) ? line.slice(indent.length) : line.trimStart());
    }
    if (at === lines.length) throw new Error(`${path}:${start + 1}: the block never ends`);
    const before = prose.findLast((line) => line.trim() !== '');
    const marker = /^\s*<!--\s*(.*?)\s*-->\s*$/.exec(before ?? '')?.[1];
    blocks.push({ place: `${path}:${start + 1}`, language, text: text.join('\n'), marker });
    // A marker speaks of one block only.
    prose.push('(block)');
  }
  return { blocks, prose };
};

/** The name under which a heading can be linked to. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-');

/** The anchors of a page's headings, and the targets of its links and images. */
export const readLinks = (path: string, page: string): { anchors: string[]; targets: string[] } => {
  const prose = readPage(path, page).prose.map((line) =>
    line.replace(/`[^`]*`/g, (code) => code.replace(/[[\]()]/g, '')),
  );
  return {
    anchors: prose.flatMap((line) => /^#{1,6}\s+(.*)$/.exec(line)?.slice(1).map(anchorOf) ?? []),
    targets: prose.flatMap((line) =>
      [...line.matchAll(/\]\(([^)\s]+)(?:\s+"[^"]*")?\)|(?:src|href)="([^"]+)"/g)].map((m) => m[1] ?? m[2] ?? ''),
    ),
  };
};

/** The lines of a file between `#region name` and `#endregion`, without their common indentation. */
export const regionOf = (text: string, name: string): string | undefined => {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => new RegExp(`^\\s*(//|#) ?#region ${name}\\s*$`).test(line));
  const length = lines.slice(start + 1).findIndex((line) => /^\s*(\/\/|#) ?#endregion/.test(line));
  if (start === -1 || length === -1) return undefined;
  const inside = lines.slice(start + 1, start + 1 + length);
  const indents = inside.filter((line) => line.trim() !== '').map((line) => line.length - line.trimStart().length);
  const indent = Math.min(...indents, 100);
  return inside.map((line) => line.slice(indent)).join('\n');
};

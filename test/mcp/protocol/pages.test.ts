import { describe, expect, it } from 'vitest';
import { readAllPages } from '../../../src/mcp/protocol/pages.ts';

/** A server whose page of each cursor is in the record; the first one is called `start`. */
const read = async (pages: Readonly<Record<string, unknown>>) => {
  const asked: (string | undefined)[] = [];
  const taken: [unknown, boolean][] = [];
  const isWhole = await readAllPages(
    'tools/list',
    async (method, cursor) => {
      expect(method).toBe('tools/list');
      asked.push(cursor);
      return pages[cursor ?? 'start'];
    },
    (result, isFirstPage) => taken.push([result, isFirstPage]),
  );
  return { isWhole, asked, taken };
};

describe('a list', () => {
  it('is read page by page, to the one without a next cursor', async () => {
    const [first, second, third] = [{ nextCursor: 'a' }, { nextCursor: 'b' }, { tools: [] }];
    expect(await read({ start: first, a: second, b: third })).toEqual({
      isWhole: true,
      asked: [undefined, 'a', 'b'],
      taken: [
        [first, true],
        [second, false],
        [third, false],
      ],
    });
  });

  it('ends with a next cursor that is no text', async () => {
    expect(await read({ start: { nextCursor: null } })).toMatchObject({ isWhole: true, asked: [undefined] });
  });

  it('is not whole if the server refuses a page', async () => {
    expect(await read({ start: { nextCursor: 'a' } })).toMatchObject({ isWhole: false, asked: [undefined, 'a'] });
    expect(await read({})).toMatchObject({ isWhole: false, taken: [] });
  });

  it('is given up if it leads back to a page that was read', async () => {
    const pages = { start: { nextCursor: 'a' }, a: { nextCursor: 'b' }, b: { nextCursor: 'a' } };
    expect(await read(pages)).toMatchObject({ isWhole: false, asked: [undefined, 'a', 'b'] });
  });

  it('is given up after 1000 pages', async () => {
    let page = 0;
    const result = readAllPages(
      'tools/list',
      async () => {
        page += 1;
        return { nextCursor: String(page) };
      },
      () => {},
    );
    expect(await result).toBe(false);
    expect(page).toBe(1_000);
  });
});

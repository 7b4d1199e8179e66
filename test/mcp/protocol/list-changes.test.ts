import { describe, expect, it } from 'vitest';
import { ListDigest, listMethods } from '../../../src/mcp/protocol/list-changes.ts';

const listOf = (...pages: unknown[]): ListDigest => {
  const list = new ListDigest('tools');
  for (const [index, page] of pages.entries()) list.add(page, index === 0);
  return list;
};
const [a, b, c] = [{ name: 'a', description: 'x' }, { name: 'b' }, { name: 'c' }];

describe('the methods that ask for a list', () => {
  it('are those of the protocol, with the member of the result that holds it', () => {
    expect([...listMethods].map(([method, { kind, member }]) => [method, kind, member])).toEqual([
      ['tools/list', 'tools', 'tools'],
      ['prompts/list', 'prompts', 'prompts'],
      ['resources/list', 'resources', 'resources'],
      ['resources/templates/list', 'resources', 'resourceTemplates'],
    ]);
  });
});

describe('a list that was read before', () => {
  // Read in each test: a fault that shows while tests are collected counts for no test.
  const now = () => listOf({ tools: [a, b] });

  it('still matches one of the same items, whatever the order of items, members and pages', () => {
    expect(listOf({ tools: [b, a] }).stillMatches(now())).toBe(true);
    expect(listOf({ tools: [{ description: 'x', name: 'a' }, b] }).stillMatches(now())).toBe(true);
    expect(listOf({ tools: [b], nextCursor: '2' }, { tools: [a] }).stillMatches(now())).toBe(true);
  });

  it('tells the order of items in arrays inside of an item', () => {
    const withOrder = (...required: string[]) => listOf({ tools: [{ name: 'a', required }] });
    expect(withOrder('x', 'y').stillMatches(withOrder('y', 'x'))).toBe(false);
  });

  it('matches no more if an item has changed, is gone or was added', () => {
    expect(listOf({ tools: [{ ...a, description: 'y' }, b] }).stillMatches(now())).toBe(false);
    expect(listOf({ tools: [a, b, c] }).stillMatches(now())).toBe(false);
    expect(listOf({ tools: [a] }).stillMatches(now())).toBe(false);
  });

  it('matches a list with more items if it was not read to its end', () => {
    expect(listOf({ tools: [a], nextCursor: '2' }).stillMatches(now())).toBe(true);
    expect(listOf({ tools: [c], nextCursor: '2' }).stillMatches(now())).toBe(false);
    expect(listOf().stillMatches(now())).toBe(true);
  });

  it('is replaced by the first page of the next reading', () => {
    const list = listOf({ tools: [c] });
    list.add({ tools: [a], nextCursor: '2' }, true);
    list.add({ tools: [b] }, false);
    expect(list.stillMatches(now())).toBe(true);
  });

  it('is left as it is by a result without the list', () => {
    const list = listOf({ tools: [a, b] });
    for (const result of [undefined, null, 'tools', [], {}, { tools: {} }, { prompts: [c] }]) list.add(result, true);
    expect(list.stillMatches(now())).toBe(true);
    expect(list.stillMatches(listOf({ tools: [a, b, c] }))).toBe(false);
  });

  it('is read from the member that its kind has', () => {
    const prompts = new ListDigest('prompts');
    prompts.add({ tools: [a], prompts: [a, b] }, true);
    expect(prompts.stillMatches(now())).toBe(true);
  });
});

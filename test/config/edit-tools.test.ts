import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { EditError, withToolKinds } from '../../src/config/edit-tools.ts';
import type { ToolKind } from '../../src/model/terms.ts';

const two = new Map<string, ToolKind>([
  ['list_a', 'read-only'],
  ['get.b', 'read-only'],
]);
const entries = '  list_a:\n    kind: read-only\n  get.b:\n    kind: read-only\n';

describe('the kinds of tools in the text of a configuration', () => {
  it.each([
    ['nothing', '', `tools:\n${entries}`],
    ['only comments', '# a\n# b\n', `# a\n# b\n\ntools:\n${entries}`],
    ['no tools', 'attempts: 3 # c\n', `attempts: 3 # c\n\ntools:\n${entries}`],
    ['no line end', 'attempts: 3', `attempts: 3\n\ntools:\n${entries}`],
    ['an end marker', 'attempts: 3\n...\n', `attempts: 3\n\ntools:\n${entries}...\n`],
    ['empty tools', 'tools: # later\nattempts: 3\n', `tools: # later\n${entries}attempts: 3\n`],
    ['tools as {}', 'tools: {}\n', 'tools: { "list_a": { kind: read-only }, "get.b": { kind: read-only } }\n'],
    [
      'tools in braces',
      'tools: {x: {replay: never}} # d\n',
      'tools: { "list_a": { kind: read-only }, "get.b": { kind: read-only },x: {replay: never}} # d\n',
    ],
    [
      'other tools, odd spaces and comments',
      'tools:   # all\n\n  # of x\n  x:   { replay: never }   # e\n\n# f\nattempts:   3\n',
      `tools:   # all\n${entries}\n  # of x\n  x:   { replay: never }   # e\n\n# f\nattempts:   3\n`,
    ],
    [
      'everything in braces',
      '{attempts: 3}',
      '{ tools: { "list_a": { kind: read-only }, "get.b": { kind: read-only } },attempts: 3}',
    ],
    [
      'Windows line ends',
      'tools:\r\n    x:\r\n        replay: never\r\n',
      'tools:\r\n    list_a:\r\n        kind: read-only\r\n    get.b:\r\n        kind: read-only\r\n    x:\r\n        replay: never\r\n',
    ],
  ])('are added to a file with %s, and nothing else changes', (_, before, after) => {
    expect(withToolKinds(before, two)).toBe(after);
  });

  it.each([
    [
      'on lines',
      'tools:\n  x: {}\n  list_a: # g\n    # h\n    replay: never\n',
      'tools:\n  x: {}\n  list_a: # g\n    # h\n    kind: read-only\n    replay: never\n',
    ],
    ['in braces', 'tools:\n  list_a: { replay: never }\n', 'tools:\n  list_a: { kind: read-only, replay: never }\n'],
    ['empty', 'tools:\n  list_a:\n  y: {}\n', 'tools:\n  list_a: { kind: read-only }\n  y: {}\n'],
  ])('go into an entry that is there already, %s', (_, before, after) => {
    expect(withToolKinds(before, new Map([['list_a', 'read-only']]))).toBe(after);
  });

  it('repeat what a glob says, which they would hide', () => {
    const after = withToolKinds(
      'tools:\n  "list_*":\n    replay: never\n    upstream: db\n  "*": { reports: strict }\n',
      two,
    );
    expect(parse(after).tools).toEqual({
      list_a: { kind: 'read-only', replay: 'never', upstream: 'db' },
      'get.b': { kind: 'read-only', reports: 'strict' },
      'list_*': { replay: 'never', upstream: 'db' },
      '*': { reports: 'strict' },
    });
  });

  it('put names into quotes that YAML would read otherwise', () => {
    const names = ['yes', '1', 'a: b', '', 'é'];
    const after = withToolKinds('', new Map(names.map((name) => [name, 'read-only'])));
    expect(Object.keys(parse(after, { stringKeys: true }).tools).sort()).toEqual([...names].sort());
  });

  it.each([
    ['a list', '- a\n'],
    ['an alias', 'x: &x {}\ntools: *x\n'],
    ['a syntax error', 'a: [\n'],
    ['an entry that is a list', 'tools:\n  list_a: [1]\n'],
  ])('are refused if the file is %s', (_, text) => {
    expect(() => withToolKinds(text, two)).toThrow(EditError);
  });
});

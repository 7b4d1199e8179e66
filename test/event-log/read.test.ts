import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeEvent } from '../../src/event-log/encode-record.ts';
import { anEvent, liveLog, openLog, readAll, temporaryFolder } from './events.ts';

fc.configureGlobal({ seed: 20_260_204 });

/** A memory folder whose live log holds this text. */
const withLog = (text: string | Buffer): string => {
  const memoryDir = temporaryFolder();
  mkdirSync(dirname(liveLog(memoryDir)));
  writeFileSync(liveLog(memoryDir), text);
  return memoryDir;
};

const recordOf = (...tools: string[]): string =>
  tools.map((tool) => encodeEvent(anEvent({ tool, error: 'déjà "vu": - timestamp: "' }), (text) => text)).join('');

const toolsIn = async (memoryDir: string) => {
  const { events, damage } = await readAll(memoryDir);
  return { tools: events.map(({ tool }) => tool), damage };
};

const header = 'healing_events:\n';

describe('a torn record', () => {
  const whole = Buffer.from(recordOf('torn'));
  // Every place where a writer may have been stopped: its last byte is then missing, or more.
  const sixthField = whole.indexOf('retry_count: 1') + 'retry_count: 1'.length;
  /** Cut there, and with no more than blanks after it, it has the documented fields, as if written by hand. */
  const readsAsWhole = (cut: number): boolean =>
    cut === whole.length - 1 || (cut >= sixthField && cut <= sixthField + '\n    '.length);
  const cuts = Array.from({ length: whole.length - 1 }, (_, index) => index + 1);

  it('hides no neighbour, wherever it was cut, when the next writer begins on a fresh line', async () => {
    for (const cut of cuts) {
      const memoryDir = withLog(Buffer.concat([Buffer.from(header + recordOf('before')), whole.subarray(0, cut)]));
      expect(openLog(memoryDir).log.append(anEvent({ tool: 'after' }))).toBe(true);
      const { tools, damage } = await toolsIn(memoryDir);
      const complete = readsAsWhole(cut);
      expect([cut, tools]).toEqual([cut, complete ? ['before', 'torn', 'after'] : ['before', 'after']]);
      // One that ends before its first letter is no more than an empty line.
      expect([cut, damage.length]).toEqual([cut, complete || cut <= 2 ? 0 : 1]);
    }
  });

  it('hides no neighbour when another writer went on right behind it', async () => {
    for (const cut of cuts) {
      const memoryDir = withLog(
        Buffer.concat([
          Buffer.from(header + recordOf('before')),
          whole.subarray(0, cut),
          Buffer.from(recordOf('after')),
        ]),
      );
      const { tools, damage } = await toolsIn(memoryDir);
      const complete = readsAsWhole(cut);
      expect([cut, tools.filter((tool) => !complete || tool !== 'torn')]).toEqual([cut, ['before', 'after']]);
      expect(damage.length).toBeLessThanOrEqual(1);
    }
  });

  it('is not taken for a whole one, and is reported with its file and line', async () => {
    const memoryDir = withLog(header + recordOf('before') + whole.subarray(0, 200).toString());
    const { tools, damage } = await toolsIn(memoryDir);
    expect(tools).toEqual(['before']);
    const lines = whole.subarray(0, 200).toString().split('\n').length;
    expect(damage).toEqual([
      { file: liveLog(memoryDir), line: 18, lines, reason: 'an unfinished or unreadable record' },
    ]);
  });

  it('does not count as damage while its writer may still be at it', async () => {
    const memoryDir = withLog(header + recordOf('before', 'last').slice(0, -1));
    expect(await toolsIn(memoryDir)).toEqual({ tools: ['before', 'last'], damage: [] });
  });
});

describe('a damaged log', () => {
  it.each([
    ['zeros, as a power cut leaves them', '\0'.repeat(5_000)],
    ['a line that never ends', 'x'.repeat(3 * 1024 * 1024)],
    [
      'a value that never ends',
      `  - timestamp: "2026-02-04T10:30:00.000Z"\n    error: "${'x'.repeat(3 * 1024 * 1024)}`,
    ],
    ['lines that are no record', 'garbage: [\n'.repeat(400_000)],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x80, 0xc3])],
    ['half a record without its begin', '    tool: "x"\n    error: null\n'],
    ['an alias bomb', `a: &a [${'x,'.repeat(100)}]\nb: &b [*a,*a,*a,*a]\nhealing_events: [*b,*b,*b]\n`],
    ['a list that is no list of records', '  - 1\n  - [a]\n  - "text"\n'],
    ['a record with a field of the wrong type', '  - timestamp: "x"\n    tool: [1]\n    error: null\n'],
  ])('is read as far as it is whole: %s', async (_, damaged) => {
    for (const end of ['\n', '']) {
      const memoryDir = withLog(
        Buffer.concat(
          [header + recordOf('before'), damaged, end, recordOf('after'), damaged, end].map((part) => Buffer.from(part)),
        ),
      );
      const { tools, damage } = await toolsIn(memoryDir);
      expect(tools).toEqual(['before', 'after']);
      expect(damage.length).toBeGreaterThanOrEqual(2);
      expect(damage[0]?.line).toBe(18);
    }
  });

  it('is read without an exception, whatever is in it', async () => {
    const pieces = fc.constantFrom(
      ...recordOf('a', 'b').split(/(?<=[\n":])/),
      header,
      '\n',
      '"',
      '\0',
      '- ',
      '---\n',
      '\ud800',
      '  ',
      ...recordOf('c').split(/(?= {2}- )/),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(pieces, { maxLength: 40 }), async (parts) => {
        const memoryDir = withLog(parts.join(''));
        const { events, damage } = await readAll(memoryDir);
        for (const event of events) expect(typeof event.tool).toBe('string');
        expect(damage.every(({ line, lines }) => line >= 1 && lines >= 1)).toBe(true);
      }),
      { numRuns: 300, seed: 4 },
    );
  });

  it('loses only the records that were touched when one byte is overwritten', async () => {
    const records = ['r0', 'r1', 'r2'].map((tool) => recordOf(tool));
    const text = Buffer.from(header + records.join(''));
    const length = Buffer.byteLength(records[0] ?? '');
    for (let at = header.length; at < text.length; at += 3) {
      const changed = Buffer.from(text);
      changed[at] = changed[at] === 0x0a ? 0x20 : 0x0a;
      const { tools } = await toolsIn(withLog(changed));
      const touched = Math.floor((at - header.length) / length);
      const expected = ['r0', 'r1', 'r2'].filter((_, index) => index !== touched && !(index === touched + 1));
      expect([at, tools]).toEqual([at, expect.arrayContaining(expected)]);
    }
  });
});

describe('a log that a person edited', () => {
  it('is read where it is good YAML', async () => {
    const memoryDir = withLog(`# my notes
version: 1
healing_events:   # the list

- tool: first
  timestamp: 2026-02-04T10:30:00Z
  error: 'it''s "gone"'
  fix_applied: ~
  result: failure
  retry_count: 0
  note: >-
    - timestamp is folded
    here
      - timestamp: indented by hand
        tool: 2
        error: null
        # a comment
        fix_applied: kube_login
        result: success
        retry_count: 1
${recordOf('third')}
  - {timestamp: "2026", tool: fourth, error: null, fix_applied: null, result: unknown, retry_count: 0}
`);
    const { events, damage } = await readAll(memoryDir);
    expect(damage).toEqual([]);
    expect(events.map(({ tool }) => tool)).toEqual(['first', '2', 'third', 'fourth']);
    expect(events[0]).toEqual({
      tool: 'first',
      timestamp: '2026-02-04T10:30:00Z',
      error: 'it\'s "gone"',
      fix_applied: null,
      result: 'failure',
      retry_count: 0,
      note: '- timestamp is folded here',
    });
  });

  it.each([
    ['an empty file', '', []],
    ['a header alone', 'healing_events:\n', []],
    ['an empty list', 'healing_events: []\n', []],
    [
      'a quoted key and a list on one line',
      '"healing_events": [{timestamp: a, tool: b, error: null, fix_applied: null, result: success, retry_count: 0}]',
      ['b'],
    ],
    [
      'line ends of Windows and a byte order mark',
      `\ufeff${header}${recordOf('a', 'b')}`.replaceAll('\n', '\r\n'),
      ['a', 'b'],
    ],
    ['the header twice', `${header}${recordOf('a')}${header}${recordOf('b')}`, ['a', 'b']],
    ['no header', recordOf('a', 'b'), ['a', 'b']],
    ['empty lines between records', `${header}\n${recordOf('a')}\n\n${recordOf('b')}\n`, ['a', 'b']],
    ['a document start and end', `---\n${header}${recordOf('a')}...\n`, ['a']],
  ])('is read without complaint: %s', async (_, text, expected) => {
    expect(await toolsIn(withLog(text))).toEqual({ tools: expected, damage: [] });
  });
});

describe('the files of a log', () => {
  it('are read oldest first, each event once', async () => {
    const memoryDir = temporaryFolder();
    const { log } = openLog(memoryDir, { maxFileBytes: 2_000, keepFiles: 1_000 });
    for (let number = 0; number < 100; number += 1) log.append(anEvent({ tool: `t${number}` }));
    expect((await toolsIn(memoryDir)).tools).toEqual(Array.from({ length: 100 }, (_, number) => `t${number}`));
  });

  it('are none where nothing was ever written', async () => {
    expect(await toolsIn(temporaryFolder())).toEqual({ tools: [], damage: [] });
    expect(await toolsIn(join(temporaryFolder(), 'not/there'))).toEqual({ tools: [], damage: [] });
  });

  it('are read across chunks with characters of any width', async () => {
    const memoryDir = temporaryFolder();
    const { log } = openLog(memoryDir);
    const errors = Array.from({ length: 1_500 }, (_, number) => `${'é😀漢'.repeat(number % 40)}${number}`);
    for (const error of errors) log.append(anEvent({ error }));
    const { events, damage } = await readAll(memoryDir);
    expect(damage).toEqual([]);
    expect(events.map(({ error }) => error)).toEqual(errors);
  });

  it('cannot be read where something else is in their place, and say what', async () => {
    const memoryDir = temporaryFolder();
    mkdirSync(liveLog(memoryDir), { recursive: true });
    await expect(readAll(memoryDir)).rejects.toThrow(`${liveLog(memoryDir)} is not a regular file`);
  });

  it.runIf(process.platform !== 'win32')('never make the reader wait for a pipe', async () => {
    const memoryDir = temporaryFolder();
    mkdirSync(dirname(liveLog(memoryDir)));
    execFileSync('mkfifo', [liveLog(memoryDir)]);
    await expect(readAll(memoryDir)).rejects.toThrow('is not a regular file');
  });

  it('keep what a person appended by hand, and healflow goes on behind it', async () => {
    const memoryDir = withLog(header + recordOf('a'));
    appendFileSync(liveLog(memoryDir), '  - tool: mine # no newline at the end');
    openLog(memoryDir).log.append(anEvent({ tool: 'b' }));
    const { tools, damage } = await toolsIn(memoryDir);
    expect(tools).toEqual(['a', 'b']);
    expect(damage).toMatchObject([{ line: 18, lines: 1 }]);
  });
});

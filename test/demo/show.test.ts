import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { showPath } from '../../src/demo/show/path.ts';
import { createScreen, type Screen } from '../../src/demo/show/screen.ts';

const screenOf = (more: { isTTY?: boolean; columns?: number }, env: NodeJS.ProcessEnv = {}) => {
  let written = '';
  const output = Object.assign(
    new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        written += chunk.toString();
        done();
      },
    }),
    more,
  );
  return { screen: createScreen(output, env), written: () => written };
};

const states = [
  'Executing',
  'ErrorDetected',
  'Analyzing',
  'FixAvailable',
  'ApplyingFix',
  'Retrying',
  'Success',
  'Logging',
];

const show = (screen: Screen): void => {
  const path = showPath(screen, 'label', 10);
  for (const state of states) {
    path.step({ runId: '1', tool: 'tool', state, note: state === 'FixAvailable' ? 'kube_login for auth' : '' });
  }
  path.end();
};

describe('the screen', () => {
  it('has colours only on a terminal, and not if NO_COLOR is set', () => {
    const painted = (more: { isTTY?: boolean }, env = {}) => screenOf(more, env).screen.paint('red', 'no');
    expect(painted({ isTTY: true })).toBe('\x1b[31mno\x1b[39m');
    expect(painted({ isTTY: true }, { NO_COLOR: '1' })).toBe('no');
    expect(painted({ isTTY: true }, { TERM: 'dumb' })).toBe('no');
    expect(painted({})).toBe('no');
  });

  it('escapes control characters, and cuts text to the rest of the line on a terminal', () => {
    const text = `\x1b[2J${'a'.repeat(50)}\r\n\x07${'b'.repeat(50)}`;
    expect(screenOf({}).screen.fit(text, 20)).toBe(`${'a'.repeat(50)} ${'b'.repeat(50)}`);
    expect(screenOf({ isTTY: true, columns: 200 }).screen.fit(text, 20)).toBe(`${'a'.repeat(50)} ${'b'.repeat(8)}…`);
  });

  it('breaks text between words on a terminal, and in a word that is longer than a line', () => {
    const text = `\x1b[2Jone two\nthree ${'a'.repeat(25)} b`;
    expect(screenOf({}).screen.wrap(text, 20)).toEqual([`one two three ${'a'.repeat(25)} b`]);
    const { screen } = screenOf({ isTTY: true, columns: 40 });
    expect(screen.wrap(text, 30)).toEqual(['one two', 'three', 'a'.repeat(10), 'a'.repeat(10), 'aaaaa b']);
    expect(screen.wrap('', 30)).toEqual([]);
  });
});

describe('the path of a run', () => {
  it('is one line per state in a pipe, without escape sequences', () => {
    const { screen, written } = screenOf({});
    show(screen);
    const lines = written().trimEnd().split('\n');
    expect(lines.map((line) => line.replace(/^(label)? *→ /, '').split(' ')[0])).toEqual(states);
    expect(written()).not.toContain('\x1b');
  });

  it('is drawn with arrows on a terminal, and stays within its width', () => {
    const { screen, written } = screenOf({ isTTY: true, columns: 60 }, { NO_COLOR: '1' });
    show(screen);
    const lines = written().trimEnd().split('\n');
    expect(lines.map((line) => line.length).filter((length) => length > 60)).toEqual([]);
    expect(lines.map((line) => line.slice(10)).join(' ')).toBe(
      states.join(' → ').replace('ApplyingFix', 'ApplyingFix kube_login'),
    );
  });
});

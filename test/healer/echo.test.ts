import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHealer } from '../../src/healer/create.ts';
import type { Healer } from '../../src/healer/healer.ts';

const text = 'Error: connect ECONNREFUSED 10.0.0.3:5432';
const resultOf = (said: string, more: object = {}): object => ({ content: [{ type: 'text', text: said }], ...more });

let folder: string;
let healer: Healer;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'healflow-echo-'));
  healer = await createHealer({ config: { stateDir: folder }, memoryDir: folder, random: () => 0 });
});
afterEach(async () => {
  await healer.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('a tool that gives back the text which it has posted', () => {
  const callsOf = async (first: unknown, args: Record<string, unknown>): Promise<number> => {
    let calls = 0;
    await healer.run('post_message', () => (++calls === 1 ? first : 'fine'), { args });
    return calls;
  };

  it.each([
    ['a string', text, { text }],
    ['a tool result', resultOf(text), { channel: 'ops', text }],
    ['a part of what was given', text, { blocks: [{ text: `It says:\n${text}\nWhat now?` }] }],
  ])('is called once: %s', async (_, first, args) => {
    expect(await callsOf(first, args)).toBe(1);
  });

  it.each([
    ['the text was not given to it', text, { text: 'hello' }],
    ['the result is marked as an error', resultOf(text, { isError: true }), { text }],
  ])('is called again if %s', async (_, first, args) => {
    expect(await callsOf(first, args)).toBe(2);
  });
});

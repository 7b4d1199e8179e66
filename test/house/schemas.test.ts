import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { patternFileSchema } from '../../src/config/read.ts';
import { configSchemaFor } from '../../src/config/schema.ts';
import { starter } from '../../src/config/starter.ts';
import { lessonSchema } from '../../src/learning/lesson-schema.ts';
import { fixNames } from '../../src/model/terms.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const textOf = (path: string): string => readFileSync(join(root, path), 'utf8');
const names = ['healflow', 'patterns', 'lesson'] as const;

const validatorOf = (name: (typeof names)[number]) =>
  new Ajv({ strict: false, validateFormats: false, allErrors: true }).compile(
    JSON.parse(textOf(`schema/${name}.schema.json`)),
  );

const errorsOf = (name: (typeof names)[number], value: unknown): string[] => {
  const validate = validatorOf(name);
  validate(value);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
};

const yamlFiles = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.yaml') && !name.includes('node_modules'))
    .map((name) => join(folder, name));

/** The starter with every option switched on. */
const wholeStarter = starter.replace(/^# /gm, '');

describe('the JSON Schemas in schema/', () => {
  it('are those of the zod schemas (npm run schema)', async () => {
    const script = '../../scripts/schemas/build-schemas.mjs';
    const { buildSchemas } = (await import(script)) as {
      buildSchemas: (parts: object) => Record<string, string>;
    };
    const built = buildSchemas({ configSchemaFor, patternFileSchema, lessonSchema, fixNames });
    expect(Object.keys(built).sort()).toEqual(readdirSync(join(root, 'schema')).sort());
    for (const [name, text] of Object.entries(built)) expect(text, name).toBe(textOf(`schema/${name}`));
  });

  it('say of every option what it does, with its unit', () => {
    interface Node {
      readonly description?: string;
      readonly properties?: Readonly<Record<string, Node>>;
    }
    const { properties = {} } = JSON.parse(textOf('schema/healflow.schema.json')) as Node;
    const silent = Object.entries(properties).filter(([, { description }]) => description === undefined);
    expect(silent.map(([name]) => name)).toEqual(['fixes']);
    for (const [name, { description }] of Object.entries(properties)) {
      if (name.endsWith('Ms')) expect(description, name).toMatch(/\bms\b|milliseconds/);
    }
  });

  it('accept the starter, whole and as it is, and the examples of the README', () => {
    expect(errorsOf('healflow', parse(starter) ?? {})).toEqual([]);
    const whole = parse(wholeStarter) as Record<string, unknown>;
    expect(Object.keys(whole).length).toBeGreaterThan(15);
    expect(errorsOf('healflow', whole)).toEqual([]);
    expect(errorsOf('healflow', parse(textOf('test/readme/healflow.yaml')))).toEqual([]);
    const blocks = [...textOf('README.md').matchAll(/<!-- healflow\.yaml -->\n```yaml\n([\s\S]*?)```/g)];
    expect(blocks.length).toBeGreaterThan(2);
    for (const [, block = ''] of blocks) expect(errorsOf('healflow', parse(block)), block).toEqual([]);
  });

  it('accept all shipped patterns', () => {
    const files = yamlFiles('memory/patterns');
    expect(files.length).toBeGreaterThan(3);
    for (const file of files) expect(errorsOf('patterns', parse(textOf(file))), file).toEqual([]);
  });

  it('accept a lesson', () => {
    const lesson = {
      pattern: { id: 'sig-1', class: 'network', text: 'tunnel is down', tools: 'db_*' },
      fix: { run: ['systemctl', 'restart', 'tunnel'], probe: { tcp: '127.0.0.1:5432' } },
      rung: 'proposed',
    };
    expect(errorsOf('lesson', lesson)).toEqual([]);
    expect(errorsOf('lesson', { ...lesson, fix: { run: [] } })).not.toEqual([]);
  });

  it('refuse what healflow refuses', () => {
    const wrong: unknown[] = [
      { atempts: 3 },
      { attempts: 0 },
      { attempts: 'many' },
      { deadlineMs: 1.5 },
      { tools: { a: { kind: 'odd' } } },
      { fixes: { vpn_connect: { command: ['vpn'] } } },
      { fixes: { kube_login: { mode: 'now' } } },
      { fixes: { vpn_connect: { command: ['vpn'], probe: { tcp: 'host:1', http: 'http://host' } } } },
      { patterns: [{ id: 'a', class: 'auth', text: 'a', fix: ['no_such_fix'] }] },
    ];
    for (const value of wrong) {
      expect(configSchemaFor([]).safeParse(value).success, JSON.stringify(value)).toBe(false);
      expect(errorsOf('healflow', value), JSON.stringify(value)).not.toEqual([]);
    }
  });
});

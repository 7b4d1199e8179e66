import { describe, expect, it } from 'vitest';
import { schemaLine } from '../../src/cli/schema-line.ts';

const line = (schema: string, folder: string, isThere = true): string => schemaLine(schema, folder, () => isThere);

describe('schemaLine', () => {
  it('is relative below the folder of the file, and absolute elsewhere', () => {
    expect(line('/home/me/p/node_modules/healflow/schema/h.json', '/home/me/p')).toBe(
      '# yaml-language-server: $schema=./node_modules/healflow/schema/h.json\n',
    );
    expect(line('/usr/lib/node_modules/healflow/schema/h.json', '/home/me/p')).toBe(
      '# yaml-language-server: $schema=/usr/lib/node_modules/healflow/schema/h.json\n',
    );
  });

  it('is a URL if the path has a blank, which would end it', () => {
    expect(line('/home/my name/healflow/schema/h.json', '/srv')).toBe(
      '# yaml-language-server: $schema=file:///home/my%20name/healflow/schema/h.json\n',
    );
  });

  it('is left out if the schema is not there to stay', () => {
    expect(line('/srv/healflow/schema/h.json', '/srv', false)).toBe('');
    expect(line('/home/me/.npm/_npx/1a/node_modules/healflow/schema/h.json', '/srv')).toBe('');
  });
});

// Makes the JSON Schemas of the files that people write, for their editors.
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { commentsIn } from './comments.mjs';

const source = (path) => fileURLToPath(new URL(`../../src/${path}`, import.meta.url));

const sources = [
  'config/schema.ts',
  'config/fix-schema.ts',
  'config/proxy-schema.ts',
  'diagnosis/pattern.ts',
  'learning/lesson-schema.ts',
].map(source);

/** Adds what the sources say, and the unit of durations. */
const describe = (node, commentOf) => {
  if (typeof node !== 'object' || node === null) return;
  for (const part of Array.isArray(node) ? node : Object.values(node)) describe(part, commentOf);
  if (typeof node.properties !== 'object') return;
  const names = Object.keys(node.properties);
  for (const [name, member] of Object.entries(node.properties)) {
    const said = commentOf(name, names);
    const hasUnit = !/Ms$/.test(name) || /\bms\b/.test(said ?? '');
    const description = [said, hasUnit ? undefined : 'In milliseconds.'].filter(Boolean).join(' ');
    if (description !== '') member.description = description;
  }
};

const allowed = (fixNames) => ({
  anyOf: [{ enum: [...fixNames] }, { type: 'string', pattern: '^own:[A-Za-z0-9][\\w.-]{0,63}$' }],
});

/** The files in the folder `schema`: their names, and their contents. */
export const buildSchemas = ({ configSchemaFor, patternFileSchema, lessonSchema, fixNames }) => {
  const commentOf = commentsIn(sources);
  const schemaOf = (schema, title, description) => {
    const made = z.toJSONSchema(schema, {
      target: 'draft-7',
      io: 'input',
      unrepresentable: 'any',
      override: ({ zodSchema, jsonSchema }) => {
        // The name of a fix is checked by code.
        if (zodSchema._zod.def.type === 'custom') Object.assign(jsonSchema, allowed(fixNames));
        // The largest integer of JavaScript says nothing to people.
        if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
        if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      },
    });
    describe(made, commentOf);
    const { $schema, ...rest } = made;
    return `${JSON.stringify({ $schema, title, description, ...rest }, null, 2)}\n`;
  };
  return {
    'healflow.schema.json': schemaOf(configSchemaFor([]), 'healflow.yaml', 'How failing tool calls are healed.'),
    'patterns.schema.json': schemaOf(
      patternFileSchema,
      'patterns of healflow',
      'How failures are recognised: a file of `patternFiles`.',
    ),
    'lesson.schema.json': schemaOf(lessonSchema, 'a lesson of healflow', 'A fix that was learned from a repair.'),
  };
};

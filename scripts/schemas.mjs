// Writes the JSON Schemas in schema/ from the compiled zod schemas.
import { mkdirSync, writeFileSync } from 'node:fs';
import { buildSchemas } from './schemas/build-schemas.mjs';

const [{ configSchemaFor }, { patternFileSchema }, { lessonSchema }, { fixNames }] = await Promise.all([
  import('../dist/src/config/schema.js'),
  import('../dist/src/config/read.js'),
  import('../dist/src/learning/lesson-schema.js'),
  import('../dist/src/model/terms.js'),
]);
const folder = new URL('../schema/', import.meta.url);
mkdirSync(folder, { recursive: true });
for (const [name, text] of Object.entries(
  buildSchemas({ configSchemaFor, patternFileSchema, lessonSchema, fixNames }),
)) {
  writeFileSync(new URL(name, folder), text);
}

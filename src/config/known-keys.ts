import type { z } from 'zod';
import type { Path } from './problem.ts';

/** What zod keeps of a schema, as far as it is needed here. */
interface Definition {
  readonly type: string;
  readonly shape?: Readonly<Record<string, z.core.$ZodType>>;
  readonly innerType?: z.core.$ZodType;
  readonly in?: z.core.$ZodType;
  readonly options?: readonly z.core.$ZodType[];
  readonly element?: z.core.$ZodType;
  readonly valueType?: z.core.$ZodType;
}

const definitionOf = (schema: z.core.$ZodType): Definition => schema._zod.def as unknown as Definition;

/** The schemas that a value may follow, without their wrappers. */
const unwrap = (schema: z.core.$ZodType): Definition[] => {
  const definition = definitionOf(schema);
  const inner = definition.innerType ?? definition.in;
  if (inner !== undefined) return unwrap(inner);
  return definition.options === undefined ? [definition] : definition.options.flatMap(unwrap);
};

const step = (definition: Definition, key: string | number): z.core.$ZodType[] => {
  const next = definition.shape?.[key] ?? (typeof key === 'number' ? definition.element : definition.valueType);
  return next === undefined ? [] : [next];
};

/** The keys that a map at this path may have. */
export const knownKeys = (schema: z.core.$ZodType, path: Path): string[] => {
  let here = unwrap(schema);
  for (const key of path) here = here.flatMap((definition) => step(definition, key)).flatMap(unwrap);
  const maps = here.flatMap((definition) =>
    definition.type === 'array' && definition.element ? unwrap(definition.element) : [definition],
  );
  return [...new Set(maps.flatMap((definition) => Object.keys(definition.shape ?? {})))];
};

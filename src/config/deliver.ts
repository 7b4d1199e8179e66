import type { Path } from './problem.ts';
import type { Config } from './schema.ts';

type TokenRefreshEntry = NonNullable<Config['fixes']['token_refresh']>[number];
export type DeliverEntry = TokenRefreshEntry['deliver'];

/** One text that a new token is put into, and where it goes. */
export interface TokenTemplate {
  readonly kind: 'file' | 'env' | 'header' | 'args';
  /** The path of the file, or the name of the variable or of the header; empty for an argument. */
  readonly name: string;
  /** The text, with `{token}` in it. */
  readonly template: string;
  /** The place of the text below `deliver`. */
  readonly path: Path;
  /** Where the template begins in the text at that place. */
  readonly offset: number;
}

const plain = '{token}';

/** Each value with its path; one that stands alone has the path of its key. */
const each = <T>(key: string, given: T | readonly T[] | undefined): [T, Path][] => {
  if (given === undefined) return [];
  return Array.isArray(given) ? given.map((value, index) => [value, [key, index]]) : [[given as T, [key]]];
};

const headerTemplates = ({ header }: DeliverEntry): TokenTemplate[] =>
  each('header', header).flatMap(([given, path]): TokenTemplate[] => {
    if (typeof given === 'string') {
      const name = given.slice(0, given.indexOf(':'));
      const template = given.slice(name.length + 1).trimStart();
      return [{ kind: 'header', name, template, path, offset: given.length - template.length }];
    }
    if ('name' in given && 'value' in given) {
      return [
        {
          kind: 'header',
          name: String(given.name),
          template: String(given.value),
          path: [...path, 'value'],
          offset: 0,
        },
      ];
    }
    return Object.entries(given).map(([name, template]) => ({
      ...{ kind: 'header', name, template, path: [...path, name], offset: 0 },
    }));
  });

/** Lists the texts that a new token is put into. Pure. */
export const templatesOf = (deliver: DeliverEntry): TokenTemplate[] => [
  ...each('file', deliver.file).map(([given, path]): TokenTemplate => {
    if (typeof given === 'string') return { kind: 'file', name: given, template: plain, path, offset: 0 };
    return { kind: 'file', name: given.path, template: given.value, path: [...path, 'value'], offset: 0 };
  }),
  ...each('env', deliver.env).map(([given, path]): TokenTemplate => {
    if (typeof given === 'string') return { kind: 'env', name: given, template: plain, path, offset: 0 };
    return { kind: 'env', name: given.name, template: given.value, path: [...path, 'value'], offset: 0 };
  }),
  ...headerTemplates(deliver),
  ...(deliver.args ?? []).map(
    (template, index): TokenTemplate => ({ kind: 'args', name: '', template, path: ['args', index], offset: 0 }),
  ),
];

/** A placeholder: `{token}`, or `{token:form}`. A brace that no name follows is a brace. */
const placeholder = /\{([A-Za-z_][\w-]*)(?::([\w-]+))?\}/g;

const forms: Readonly<Record<string, (token: string) => string>> = {
  raw: (token) => token,
  url: encodeURIComponent,
  json: (token) => JSON.stringify(token).slice(1, -1),
};

export const knownPlaceholders = '{token}, {token:url} or {token:json}';

const isKnown = (name: string, form = 'raw'): boolean => name === 'token' && Object.hasOwn(forms, form);

/** Finds the first placeholder that does not exist; undefined if there is none. */
export const unknownPlaceholder = (template: string): { readonly text: string; readonly at: number } | undefined => {
  for (const { 0: text, 1: name = '', 2: form, index } of template.matchAll(placeholder)) {
    if (!isKnown(name, form)) return { text, at: index };
  }
  return undefined;
};

export const hasToken = (template: string): boolean =>
  [...template.matchAll(placeholder)].some(([, name = '', form]) => isKnown(name, form));

/** Puts the token into a text. */
export const fillTemplate = (template: string, token: string): string =>
  template.replaceAll(placeholder, (text, _name, form = 'raw') => forms[form]?.(token) ?? text);

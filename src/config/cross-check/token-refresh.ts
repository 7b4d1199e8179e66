import { hasToken, knownPlaceholders, type TokenTemplate, templatesOf, unknownPlaceholder } from '../deliver.ts';
import type { Problem } from '../problem.ts';
import type { Entry } from './entry.ts';

const checkSource = ({ command, oauth }: Entry<'token_refresh'>): Problem[] => {
  const hasCommand = command !== undefined;
  const hasOauth = oauth !== undefined;
  if (!hasCommand && !hasOauth) {
    const problem = 'token_refresh has no way to get a token';
    return [{ path: [], at: 'key', problem, advice: 'give it `command` or `oauth`' }];
  }
  if (hasCommand && hasOauth) {
    const problem = 'token_refresh has both `command` and `oauth`';
    return [{ path: ['oauth'], at: 'key', problem, advice: 'remove one of them' }];
  }
  return [];
};

const checkOauth = ({ oauth }: Entry<'token_refresh'>): Problem[] => {
  if (oauth === undefined) return [];
  if (oauth.issuer !== undefined) return [];
  if (oauth.tokenEndpoint !== undefined) return [];
  const problem = 'oauth has neither `issuer` nor `tokenEndpoint`';
  return [{ path: ['oauth'], at: 'key', problem, advice: 'add one of them' }];
};

const names = { file: 'the content of the file', env: 'the value', header: 'the header' } as const;

const checkTemplate = ({ kind, template, path, offset }: TokenTemplate): Problem[] => {
  const unknown = unknownPlaceholder(template);
  if (unknown !== undefined) {
    const problem = `unknown placeholder ${unknown.text}`;
    return [{ path: ['deliver', ...path], problem, advice: `use ${knownPlaceholders}`, offset: offset + unknown.at }];
  }
  if (kind === 'args' || hasToken(template)) return [];
  const problem = `${names[kind]} does not contain {token}`;
  return [{ path: ['deliver', ...path], problem, advice: 'put {token} where the new token belongs' }];
};

const checkArgs = ({ deliver: { args } }: Entry<'token_refresh'>): Problem[] => {
  if (args === undefined || args.some((template) => unknownPlaceholder(template) ?? hasToken(template))) return [];
  const problem = 'no argument contains {token}';
  return [{ path: ['deliver', 'args'], at: 'key', problem, advice: 'put {token} where the new token belongs' }];
};

/** Finds what is wrong with the place where a command leaves its token. */
const checkToken = ({ tokenSource, oauth, deliver }: Entry<'token_refresh'>): Problem[] => {
  if (tokenSource === undefined) return [];
  const place = { path: ['tokenSource'], at: 'key' } as const;
  if (oauth !== undefined) {
    return [
      { ...place, problem: '`tokenSource` is for a `command`; `oauth` has a token of its own', advice: 'remove it' },
    ];
  }
  const formats = [tokenSource.json, tokenSource.yaml, tokenSource.env].filter((format) => format !== undefined);
  if (formats.length > 1) return [{ ...place, problem: '`tokenSource` has more than one of `json`, `yaml` and `env`' }];
  if (tokenSource.file === undefined && formats.length === 0) {
    return [
      { ...place, problem: '`tokenSource` says neither where it is nor how to read it', advice: 'give it a `file`' },
    ];
  }
  if (templatesOf(deliver).length > 0) return [];
  return [{ ...place, problem: 'the token is delivered nowhere', advice: 'add `deliver`' }];
};

/** Finds parts of a `token_refresh` entry that do not fit together. */
export const checkTokenRefresh = (entry: Entry<'token_refresh'>): Problem[] => [
  ...checkSource(entry),
  ...checkOauth(entry),
  ...checkToken(entry),
  ...templatesOf(entry.deliver).flatMap(checkTemplate),
  ...checkArgs(entry),
];

/** Finds a new token that is delivered nowhere. A command may store its token itself. */
export const warnTokenRefresh = ({ oauth, deliver }: Entry<'token_refresh'>): Problem[] => {
  if (oauth === undefined || templatesOf(deliver).length > 0) return [];
  const problem = 'the new token is delivered nowhere';
  return [{ path: ['oauth'], at: 'key', problem, advice: 'give `deliver` a `file`, an `env`, a `header` or `args`' }];
};

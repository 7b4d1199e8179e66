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

const checkHeader = ({ deliver: { header } }: Entry<'token_refresh'>): Problem[] => {
  if (header === undefined) return [];
  if (header.value.includes('{token}')) return [];
  const problem = 'the header does not contain {token}';
  return [{ path: ['deliver', 'header', 'value'], problem, advice: 'put {token} where the new token belongs' }];
};

/** Finds parts of a `token_refresh` entry that do not fit together. */
export const checkTokenRefresh = (entry: Entry<'token_refresh'>): Problem[] => [
  ...checkSource(entry),
  ...checkOauth(entry),
  ...checkHeader(entry),
];

/** Finds a new token that is delivered nowhere. A command may store its token itself. */
export const warnTokenRefresh = ({ oauth, deliver }: Entry<'token_refresh'>): Problem[] => {
  if (oauth === undefined) return [];
  const destinations = [deliver.file, deliver.env, deliver.header];
  if (destinations.some((destination) => destination !== undefined)) return [];
  const problem = 'the new token is delivered nowhere';
  return [{ path: ['oauth'], at: 'key', problem, advice: 'give `deliver` a `file`, an `env` or a `header`' }];
};

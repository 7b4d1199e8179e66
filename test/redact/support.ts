import { createRedactor } from '../../src/redact/index.ts';

/** A redactor that knows no values: only names and shapes give a secret away. */
export const redact = createRedactor({ env: {} });

/** Replaces `{...}` by what is in it, and tells what that is. */
export const marked = (text: string): { text: string; secret: string } => {
  const secret = /\{(.+?)\}/.exec(text)?.[1];
  if (secret === undefined) throw new Error(`no {secret} in ${text}`);
  return { text: text.replace(`{${secret}}`, secret), secret };
};

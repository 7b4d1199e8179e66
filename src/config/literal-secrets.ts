import { isSecretName, secretNameKind } from '../redact/names.ts';
import { isOpaque, isPlaceholder, isProseWord, isRandom, looksSecret } from '../redact/words.ts';
import { isRecord } from '../text/is-record.ts';

const maxDepth = 40;

/** Keys whose values are names of environment variables. */
const holdsVariables = (key: string): boolean => key === 'secretEnv' || key === 'env' || /[a-z]Env$/.test(key);

/**
 * Whether a text can be the name of an environment variable and not the secret itself, put there by mistake. Names in
 * capitals are; others only if such a variable is set, or if they are made of words.
 */
export const isVariableName = (text: string, env: NodeJS.ProcessEnv): boolean => {
  if (env[text] !== undefined) return true;
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(text)) return false;
  if (/^[A-Z_][A-Z0-9_]*$/.test(text)) return text.includes('_') || !(looksSecret(text, 8) && isRandom(text));
  return text.length < 40 && !looksSecret(text, 6);
};

/** The name of an environment variable as messages show it: a secret in its place is masked. */
export const shownVariable = (name: string, env: NodeJS.ProcessEnv): string =>
  isVariableName(name, env) ? name : '[redacted]';

/** Whether a value says nothing: a reference such as `${TOKEN}` or `{token}`, a word of a sentence, a switch. */
const isHarmless = (value: string): boolean =>
  value.length < 3 || isPlaceholder(value) || isProseWord(value) || /^(?:\d{1,5}|\{[\w.-]+\})$/.test(value);

const scheme = /^(?:bearer|basic|token|negotiate|apikey|api-key|key|bot|digest|ssws)$/i;

/** The words of a header that are secrets: all of one like `Authorization`, else those that look generated. */
const inHeader = (name: string, value: string): string[] => {
  const words = value
    .replace(/\$\{\w+\}|\{\w+\}/g, ' ')
    .split(/[\s,;="']+/)
    .filter((word) => !isHarmless(word) && !scheme.test(word));
  return secretNameKind(name) === null ? words.filter((word) => looksSecret(word, 8)) : words;
};

const flag = /^(--?[\w-]+)(?:=(.*))?$/s;
const userFlag = /^(?:-u|--user|--proxy-user|--auth|--creds)$/;
const userAndPassword = /^[\w.@+-]{1,64}:(?!\/\/)(.+)$/s;

/** The arguments of a command that are secrets, or hold one. */
const inCommand = (argv: readonly unknown[]): string[] => {
  const found: string[] = [];
  let before = '';
  for (const argument of argv.filter((one) => typeof one === 'string')) {
    const [, name = '', value] = flag.exec(argument) ?? [];
    const user = userFlag.test(before) || name === '-u' || userFlag.test(name);
    if (name !== '' && isSecretName(name) && value !== undefined) found.push(value);
    else if (name === '' && before !== '' && isSecretName(before)) found.push(argument);
    if (user) {
      const text = value ?? argument;
      found.push(userAndPassword.exec(text)?.[1] ?? (looksSecret(text, 12) ? text : ''));
    }
    const joined = /^-u([^\s:]{1,64}):(.+)$/s.exec(argument);
    if (joined !== null) found.push(joined[2] as string);
    const header = /^([A-Za-z][\w-]{1,60}):\s*(.+)$/s.exec(argument);
    if (header !== null) found.push(...inHeader(header[1] as string, header[2] as string));
    const word = value ?? argument;
    if (looksSecret(word, 16) && isRandom(word) && !/[\s/@]/.test(word)) found.push(word);
    before = value === undefined ? name : '';
  }
  return found.filter((text) => !isHarmless(text));
};

/** The texts of a list and of the lists in it, each list once: it may contain itself. */
const textsIn = (value: unknown, seen = new Set<unknown>()): string[] => {
  if (typeof value === 'string') return [value];
  if (!Array.isArray(value) || seen.has(value)) return [];
  seen.add(value);
  return value.flatMap((item) => textsIn(item, seen));
};

const inMember = (key: string, value: unknown, env: NodeJS.ProcessEnv): string[] => {
  if (holdsVariables(key)) return textsIn(value).filter((text) => !isVariableName(text, env));
  if ((key === 'command' || key === 'args') && Array.isArray(value)) return inCommand(value);
  if (key === 'command' && typeof value === 'string') return inCommand(value.trim().split(/\s+/));
  if (key === 'headers' && isRecord(value))
    return Object.entries(value).flatMap(([name, text]) => (typeof text === 'string' ? inHeader(name, text) : []));
  if (key === 'header' && isRecord(value) && typeof value.value === 'string')
    return inHeader(typeof value.name === 'string' ? value.name : 'authorization', value.value);
  if (!isSecretName(key)) return [];
  return textsIn(value).flatMap((text) => {
    if (secretNameKind(key) === 'header' || text.includes('${')) return inHeader(key, text);
    return !isHarmless(text) && (isOpaque(text) || text.length >= 6) ? [text] : [];
  });
};

/**
 * Finds the secrets that somebody wrote into a configuration, in place of the name of a variable: in headers, arguments of
 * commands, and under names of secrets. The configuration may be one that is not valid. Never throws.
 */
export const literalSecrets = (config: unknown, env: NodeJS.ProcessEnv = process.env): string[] => {
  const found = new Set<string>();
  /** The least depth at which each object was found: one that is in many places, or in itself, is not walked again. */
  const depths = new Map<object, number>();
  const walk = (value: unknown, depth: number): void => {
    if (depth > maxDepth || typeof value !== 'object' || value === null) return;
    if ((depths.get(value) ?? Number.POSITIVE_INFINITY) <= depth) return;
    depths.set(value, depth);
    for (const [key, member] of Object.entries(value)) {
      if (!Array.isArray(value)) for (const text of inMember(key, member, env)) found.add(text);
      walk(member, depth + 1);
    }
  };
  walk(config, 0);
  return [...found];
};

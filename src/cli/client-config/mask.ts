import type { Redact } from '../../model/diagnosis.ts';
import { redactDeep } from '../../redact/index.ts';
import { isSecretName } from '../../redact/names.ts';
import { mask } from '../../redact/spans.ts';
import { isFilePath, isOpaque, isPlaceholder } from '../../redact/words.ts';
import { isRecord } from '../../text/is-record.ts';
import type { Entry } from './entry.ts';

/** Whether a value refers to a secret, such as `Bearer ${TOKEN}`, or cannot be one. */
const isHarmless = (value: string): boolean => {
  const rest = value.replace(/\$\{[^{}]{1,100}\}/g, '');
  return /^(?:true|false|on|off|\d{1,5})?$/i.test(value) || (rest !== value && /^(?:[A-Za-z]+ )?$/.test(rest));
};

const maskValues = (values: unknown): unknown =>
  isRecord(values)
    ? Object.fromEntries(
        Object.entries(values).map(([name, value]) => [
          name,
          typeof value === 'string' && isHarmless(value) ? value : mask(),
        ]),
      )
    : values;

/** Whether a word looks like a generated secret. */
const isGenerated = (word: string): boolean =>
  word.length >= 20 && isOpaque(word) && !/[\s@/\\.]/.test(word) && !isFilePath(word) && !isPlaceholder(word);

const maskUrl = (text: string, redact: Redact): string => {
  if (!/^https?:\/\//i.test(text)) return redact(text);
  const [address = '', query] = text.split('?', 2);
  const path = address
    .replace(/^(https?:\/\/)[^/@]*@/i, `$1${mask()}@`)
    .split('/')
    .map((part) => (isGenerated(part) ? mask() : part))
    .join('/');
  const masked = query?.replace(/=[^&]*/g, `=${mask()}`);
  return redact(masked === undefined ? path : `${path}?${masked}`);
};

const flag = /^--?([\w-]+)(?:=(.*))?$/s;

const maskArgs = (args: readonly unknown[], redact: Redact): unknown[] => {
  let secretNext = false;
  return args.map((arg) => {
    if (typeof arg !== 'string') return arg;
    const [, name, value] = flag.exec(arg) ?? [];
    if (secretNext && name === undefined) {
      secretNext = false;
      return isPlaceholder(arg) ? arg : mask();
    }
    const secret = name !== undefined && isSecretName(name);
    secretNext = secret && value === undefined;
    if (secret && value !== undefined)
      return `${arg.slice(0, arg.indexOf('='))}=${isPlaceholder(value) ? value : mask()}`;
    return isGenerated(arg) ? mask() : maskUrl(arg, redact);
  });
};

/** Returns an entry safe to show: masks the values of its environment and headers, and secrets in its arguments. */
export const maskEntry = (entry: Entry, redact: Redact): Entry =>
  Object.fromEntries(
    Object.entries(entry).map(([key, value]) => {
      if (key === 'env' || key === 'headers') return [key, maskValues(value)];
      if (key === 'args' && Array.isArray(value)) return [key, maskArgs(value, redact)];
      if (typeof value === 'string' && !isSecretName(key)) return [key, maskUrl(value, redact)];
      return [key, Object.values(redactDeep({ [key]: value }, redact) as object)[0]];
    }),
  );

import { reportLimit } from './report.ts';

const hintLimit = 2_500;

/** Words of which every error report holds one; letter case does not count. */
const hint =
  /accepts|false|down|bad|empty|wrong|imposs|echec|échec|err|fail|fatal|excep|trace|denie|refus|reset|time|auth|forbid|not |no |n't|expire|valid|unab|cannot|unkn|limit|thrott|many|over|quota|conflic|panic|abort|close|lost|gone|avail|missing|must|unexp|log ?in|credent|broken|hang|[45]\d\d|must|delet|stale|schwerw|keine|falló|pudo|отказ|ошиб|错|拒绝|失败|超时|过期|エラー|拒否|失敗|오류|거부|err[oe]u?r|échou|refus|błąd|odmo|odrzu|invál|negad|scadut|verweig|abgel|zeit|délai|tiempo|connex|conex|conn/i;

const textLooksHealthy = (text: string): boolean => {
  const { length } = text;
  if (length < 4 || length > reportLimit) return true;
  return !hint.test(length > hintLimit ? text.slice(0, hintLimit) : text);
};

type Loose = Record<string, unknown>;

const objectLooksHealthy = (value: Loose): boolean => {
  if (value instanceof Error) return false;
  const content = value.content;
  if (value.isError === true) return false;
  if (Array.isArray(content)) {
    for (let index = 0; index < content.length && index < 64; index++) {
      const item: unknown = content[index];
      if (typeof item === 'object' && item !== null) {
        const text = (item as Loose).text;
        if (typeof text === 'string' && !textLooksHealthy(text)) return false;
      }
    }
    const structured = value.structuredContent;
    return typeof structured !== 'object' || structured === null || bodyLooksHealthy(structured as Loose);
  }
  const structured = value.structuredContent;
  if (typeof structured === 'object' && structured !== null && !bodyLooksHealthy(structured as Loose)) return false;
  return bodyLooksHealthy(value);
};

const isFailing = (status: unknown): boolean =>
  typeof status === 'number'
    ? status >= 400 || status <= -32_000
    : status === 'error' || status === 'Failure' || status === 'fail' || status === 'failed' || status === 'failure';

/** Whether a body lacks every member of which error bodies have at least one. */
const bodyLooksHealthy = (body: Loose): boolean => {
  if (Array.isArray(body))
    return (
      body.length === 0 || typeof body[0] !== 'object' || body[0] === null || (body[0] as Loose).errorCode === undefined
    );
  return !(
    body.error ||
    body.errors ||
    body.ok === false ||
    body.success === false ||
    isFailing(body.status) ||
    body.statusCode !== undefined ||
    body.message !== undefined ||
    body.code !== undefined ||
    body.errorMessages !== undefined ||
    body.detail !== undefined ||
    body.fault !== undefined ||
    body.type === 'error'
  );
};

/**
 * The gate for a returned value: `false` means that a diagnosis has to look closer. Costs well under a
 * microsecond for plain values and objects, whatever their size. Never throws.
 */
export const looksHealthy = (value: unknown): boolean => {
  if (typeof value === 'string') return textLooksHealthy(value);
  if (typeof value !== 'object' || value === null) return true;
  try {
    return objectLooksHealthy(value as Loose);
  } catch {
    return false;
  }
};

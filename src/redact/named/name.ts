import { type SecretNameKind, secretNameKind } from '../names.ts';

/** The name of a secret, as it is in a text. */
export interface Name {
  readonly start: number;
  readonly end: number;
  readonly kind: SecretNameKind;
  /** `-password` or `--password`. */
  readonly flag: boolean;
}

/** A cheap net over all names that `secretNameKind` knows; what it catches is looked at by name. */
const net =
  /pass|p(?:as|ss?|aas|sas?)w|pwd|(?:\b|_)pw(?:\b|_)|[a-z\d]P[Ww]\b|kennwort|contrase|senha|пароль|密码|密碼|mot de passe|\bmdp\b|wachtwoord|l[öo]senord|adgangskode|salasana|has[łl]o|heslo|jelsz[óo]|parola|şifre|パスワード|비밀번호|\bpsk\b|secret|token|key|cred|auth|cookie|sess|sig|sid|otp|jwt|mnemonic|dsn|csrf|xsrf|bearer|connection.?string|(?:api|access|secret|private|signing|encryption|account|master|license|deploy) key|saml|dockerc|verifier|assertion|hmac|pat\b/gi;

/** How far a name is followed to either side of what the net caught. */
const reach = 64;

const isNameChar = (code: number): boolean =>
  (code >= 48 && code <= 57) ||
  (code >= 65 && code <= 90) ||
  (code >= 97 && code <= 122) ||
  code === 95 || // _
  code === 45 || // -
  code === 46 || // .
  (code > 127 && code !== 0xa0 && !(code >= 0x2000 && code <= 0x206f));

const nameAround = (text: string, hit: number, hitEnd: number): Name | null => {
  let start = hit;
  while (start > 0 && hit - start < reach && isNameChar(text.charCodeAt(start - 1))) start -= 1;
  let end = hitEnd;
  while (end < text.length && end - hitEnd < reach && isNameChar(text.charCodeAt(end))) end += 1;
  while (end > hitEnd && '.-'.includes(text[end - 1] as string)) end -= 1;
  // In text that was escaped for JSON, the letter of `\n` is not part of the name.
  if (text[start - 1] === '\\' && 'nrt'.includes(text[start] ?? '-')) start += 1;
  const name = text.slice(start, end);
  const kind = secretNameKind(name.replace(/^[-.]+/, ''));
  return kind === null ? null : { start, end, kind, flag: name.startsWith('-') };
};

/** Finds the next name of a secret from `from` on. */
export const nextName = (text: string, from: number): Name | null => {
  net.lastIndex = from;
  for (let hit = net.exec(text); hit !== null; hit = net.exec(text)) {
    const name = nameAround(text, hit.index, net.lastIndex);
    if (name !== null) return name;
  }
  return null;
};

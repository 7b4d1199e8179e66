/**
 * How sure a name is to name a secret. `password` and `secret`: its value is one. `header`: the rest of the line is.
 * `weak`: only a value that looks machine-generated is.
 */
export type SecretNameKind = 'password' | 'secret' | 'header' | 'weak';

/** Last words of names that tell about a secret and hold none: `secretName`, `token_type`, `PASSWORD_FILE`. */
const aboutWords = new Set(
  `name names ref refs keyref file files filename path paths dir folder url urls uri uris endpoint type types ttl expiry
  expires expire expired expiration expiring in at on age length len size policy policies count counts limit limits id ids
  stdin method methods kind version status state valid invalid validity required enabled disabled provider providers
  manager store storage scope scopes audience issuer format header headers param field fields prompt reset changed
  lifetime mount class error errors usage budget hint label namespace arn location server host port user username
  command cmd helper source review reviews accessor rotation verification algorithm alg encoder strength hasher managers
  list index position offset line column set given present exists missing duration seconds ms minutes
  cost price prices per detail details mode period window selector projection template templates schema generator min max
  refresh env envs callback timeout retries description title help placeholder rules rule regex pattern failed ok success`
    .split(/\s+/)
    .filter(Boolean),
);

/** Words before `token` that make it a bookmark or a unit instead of a secret. */
const bookmarkWords = new Set(
  `progress page next nextpage continuation continue cancel cancellation pagination cursor resume previous prev last first
  max min total prompt completion input output cached reasoning num unexpected eos bos pad sync delta skip special start end
  stop word sub`
    .split(/\s+/)
    .filter(Boolean),
);

/** Splits `clientSecret`, `CLIENT_SECRET`, `client-secret` into `client`, `secret`. */
const wordsOf = (name: string): string[] =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);

const anyOf = (...parts: readonly string[]): RegExp => new RegExp(parts.join('|'));

/** Kinds of keys that are secrets; a key alone, or one of a cache, is none. */
const secretKeys =
  `access private account shared signing encryption master deploy storage service auth subscription secret api ssh
  app application license crypt hmac webhook functions ingest admin unseal`.replace(/\s+/g, '|');

const passwordName = anyOf(
  'p(?:as|ss?|aas|sas?|asss)w(?:or?d?|ro?d|d)|passo[rw]?r?d(?:s|en|et|er)?|passw[a-z]{0,5}|passphrase|passcode|pwd|(?:^|_)pw(?:$|_)|(?:pg|store|key|db|user|ssh|require)pass|masterauth',
  'kennwort|contrase[nñ]a|senha|пароль|密码|密碼|mot_de_passe|mdp$|wachtwoord|l[öo]senord|adgangskode|salasana|has[łl]o$|heslo|jelsz[óo]|parolas?[ıi]?$|şifre|パスワード|비밀번호',
);
const secretName = anyOf(
  'secret|(?:^|_)(?:pass|psk)(?:$|_)|credential|mnemonic|cookie|csrf|xsrf|totp|jwt',
  `(?:${secretKeys})_?keys?(?:$|_)|client_key_data|session_?key`,
  '(?:session|sess)_?id$|sessid|_authtoken|dockerconfigjson|dockercfg',
  'connection_?string|dsn$|shared_?access_?signature|client_assertion|saml_?(?:response|request)|code_verifier',
);
const tokenName = anyOf(
  'token(?:$|_|[0-9])',
  '(?:access|refresh|auth|api|id|bearer|session|personal|bot|user|app)_?tokens?(?:$|_)',
);
const headerName = /^(?:http_)?(?:proxy_)?authorization$|^(?:http_)?(?:set_)?cookies?2?$/;
const weakName = /(?:^|_)(?:auth|hmac|sig|signature|sid|otp|session|bearer|creds?|pat)$/;

const judge = (name: string): SecretNameKind | null => {
  const words = wordsOf(name);
  const joined = words.join('_');
  if (headerName.test(joined)) return 'header';
  const last = words.at(-1) ?? '';
  if (aboutWords.has(last) && !/(?:secret|session|sess)_id$/.test(joined)) return null;
  if (passwordName.test(joined)) return /passwordless|passwords?_?(?:re)?set/.test(joined) ? null : 'password';
  if (/secretary|secretly|cookiecutter/.test(joined)) return null;
  if (secretName.test(joined)) return 'secret';
  if (tokenName.test(joined)) {
    const before = words[words.findIndex((word) => word.includes('token')) - 1];
    return before !== undefined && bookmarkWords.has(before) ? null : 'secret';
  }
  return weakName.test(joined) ? 'weak' : null;
};

const known = new Map<string, SecretNameKind | null>();

/** Returns what kind of secret a key, variable, flag or header of this name holds; null if it holds none. */
export const secretNameKind = (name: string): SecretNameKind | null => {
  const seen = known.get(name);
  if (seen !== undefined) return seen;
  const kind = judge(name.slice(0, 200));
  // Names come from hostile text, too: the memory of them stays small.
  if (known.size >= 500) known.clear();
  if (name.length <= 200) known.set(name, kind);
  return kind;
};

/** Whether the value of a key, variable, flag or header of this name is a secret as a whole. */
export const isSecretName = (name: string): boolean => {
  const kind = secretNameKind(name);
  return kind !== null && kind !== 'weak';
};

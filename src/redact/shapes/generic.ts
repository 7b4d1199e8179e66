import { isProseWord, isRandom, looksSecret } from '../words.ts';
import type { ShapeRule } from './rule.ts';

const decoded = (base64: string): string => Buffer.from(base64, 'base64').toString('latin1');

/** Whether the credentials of a Basic header are what RFC 7617 wants: `user:password` in base64. */
const isBasic = (match: string): boolean => {
  const text = decoded(match.replace(/^basic\s+/i, ''));
  return text.includes(':') && /^[\x20-\x7e\x80-\xff]+$/.test(text);
};

/** Shapes that belong to no single issuer. */
export const genericRules: readonly ShapeRule[] = [
  {
    id: 'jwt',
    source: 'RFC 7519: base64url of {"... , a dot, and more; known headers also alone, where the rest was cut off',
    hints: ['eyJ'],
    // The whole run is matched, whether or not it is one: else a run of many beginnings would be read again for each.
    pattern: /eyJ[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*){0,4}/g,
    accept: (match) =>
      /^eyJ[\w-]{6,}\.[\w-]{4}/.test(match) || /^eyJ(?:hbGciOi|0eXAiOi|raWQiOi|lbmMiOi|rIjoi)[\w-]{4}/.test(match),
    example: 'jwt {eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJkdW1teSJ9.DUMMYDUMMYDUMMY} expired',
    counterexample: '"endCursor": "eyJpZCI6MTIzfQ=="',
  },
  {
    id: 'bearer',
    source: 'RFC 6750, section 2.1',
    hints: ['earer', 'EARER'],
    common: true,
    pattern:
      /(\bbearer(?:\s{1,4}|%20|\+))(?!\w{1,40}=["'\\])(?![A-Za-z]{1,20}\.?(?:[\s,;:!?"'`)\]}\\]|$))[A-Za-z0-9._~+/-]{6,}={0,2}/gi,
    example: '-H "Authorization: Bearer {dummy.0123456789}"',
    counterexample: 'WWW-Authenticate: Bearer realm="x", bearer token missing',
  },
  {
    id: 'basic-auth',
    source: 'RFC 7617, section 2',
    hints: ['asic ', 'ASIC '],
    common: true,
    pattern: /(\bbasic\s{1,4})[A-Za-z0-9+/_-]{4,}={0,2}/gi,
    accept: isBasic,
    example: '> Authorization: Basic {Y2k6aHVudGVyMg==}',
    counterexample: 'Basic authentication is switched off; basic usage',
  },
  {
    id: 'url-password',
    source: 'RFC 3986, section 3.2.1: user:password@host; also where the password holds a slash',
    hints: ['://', '%3A%2F%2F', '%3a%2f%2f'],
    common: true,
    pattern:
      /((?::\/\/|%3[aA]%2[fF]%2[fF])[^\s/?#"'<>:@[\]\\]{0,128}(?::|%3[aA](?!%2[fF])))(?!\d{0,5}[/?#]|\d{1,5}$|[^\s"'<>@]{0,256}(?:\s|"|'|<|>|$))[^\s"'<>@]{1,256}(?:@[^\s"'<>/?#@]{1,256}(?=@))?(?=@|%40)/g,
    example: 'postgres://app:{hunter2}@db:5432/app',
    counterexample: 'https://registry.example.com:443/@scope/name and ssh://git@host:22/x',
  },
  {
    id: 'url-token',
    source: 'git, npm and Sentry: a token in the place of the user',
    hints: ['://'],
    common: true,
    pattern: /(:\/\/)(?![^\s/?#"'<>:@]{0,128}[.])[A-Za-z0-9_-]{20,128}(?=(?::[^\s/?#"'<>@]{0,64})?@)/g,
    accept: (match) => /[0-9]/.test(match),
    example: 'https://{0123456789abcdef0123456789abcdef}@sentry.example.com/42',
    counterexample: 'https://some-person-with-a-long-name@example.com',
  },
  {
    id: 'dsn-password',
    source: 'go-sql-driver/mysql and Oracle JDBC: user:password@tcp(host), user/password@host',
    hints: ['@tcp(', '@unix(', 'jdbc:oracle:thin:'],
    pattern:
      /([\w.-]{1,64}:|jdbc:oracle:thin:[^\s/@]{1,64}\/)[^\s"'@]{1,128}(?=@(?:tcp|unix)\(|@(?:\/\/)?[\w.-]{1,253}:\d)/g,
    example: 'open app:{hunter2}@tcp(db:3306)/app: refused',
    counterexample: 'dial @tcp(db:3306)',
  },
  {
    id: 'netrc',
    source: 'GNU inetutils manual, "The .netrc file"',
    hints: ['login '],
    common: true,
    pattern: /(\blogin\s{1,8}\S{1,128}\s{1,8}password\s{1,8})(?!\[redacted)\S{1,256}/g,
    accept: (match) => !isProseWord(match),
    example: 'machine git.example.com login ci password {hunter2}',
    counterexample: 'login failed, password unknown',
  },
  {
    id: 'sql-password',
    source: 'Manuals of MySQL, Oracle, SQL Server, ClickHouse: IDENTIFIED BY',
    hints: ['IDENTIF', 'identif'],
    common: true,
    pattern:
      /(\bidenti?fi?ed\s{1,4}(?:with\s{1,4}\S{1,40}\s{1,4})?(?:by|as)\s{1,4}(?:password\s{1,4})?["'])[^"'\n]{1,256}/gi,
    example: "CREATE USER 'app'@'%' IDENTIFIED BY '{hunter2}'",
    counterexample: 'identified by its name',
  },
  {
    id: 'password-hash',
    source: 'crypt(5): the hash of a password, as in /etc/shadow and .htpasswd',
    hints: ['$1$', '$2', '$5$', '$6$', '$y$', '$argon2', '$apr1$', '$scrypt$', '$7$'],
    pattern: /\$(?:1|2[aby]?|5|6|7|y|apr1|argon2(?:id?|d)|scrypt)\$[./A-Za-z0-9$=,+-]{16,}/g,
    example: 'root:{$6$dummydummydummy$DUMMYDUMMYDUMMYDUMMYDUMMYDUMMY}:19000:0:99999:7:::',
    counterexample: 'it costs $5$ or $6$',
  },
  {
    id: 'pgpass',
    source: 'PostgreSQL manual, "The Password File": host:port:database:user:password',
    hints: [':5432:', ':5433:', ':6432:', ':*:'],
    common: true,
    pattern: /(:(?:5432|5433|6432|\*):[\w*-]{1,63}:[\w*-]{1,63}:)[^\s:]{1,256}/g,
    example: 'db.example.com:5432:app:app:{hunter2}',
    counterexample: 'listening on 0.0.0.0:5432: ready',
  },
  {
    id: 'query-key',
    source: 'Google Maps, OpenWeather, Azure Functions, RFC 6749 section 4.1.2: a key or code in a query string',
    hints: ['key=', 'appid=', 'code='],
    common: true,
    pattern: /([?&](?:amp;)?(?:key|appid|subscription-key|code)=)[A-Za-z0-9_%-]{16,}={0,2}/g,
    accept: (match) => /[0-9]/.test(match),
    example: 'GET /data/2.5/weather?q=Graz&appid={0123456789abcdef0123456789abcdef}',
    counterexample: 'GET /search?key=name&code=404',
  },
  {
    id: 'query-key',
    source: 'Web applications: a password in a query string',
    hints: ['='],
    common: true,
    pattern: /([?&](?:amp;)?(?:pw|pass|psw)=)[^\s&"'<>#]{6,200}/g,
    accept: (match) => looksSecret(match, 6),
    example: 'GET /login?user=app&pw={hunter2!}&next=1',
    counterexample: 'GET /login?pw=required&pass=&x=1',
  },
  {
    id: 'api-key',
    source: 'The habit of `key=` before a key in base64url',
    hints: ['ey', 'EY'],
    common: true,
    pattern: /((?<![\w.-])key["']?\s?[=:]\s?["']?)[A-Za-z0-9_-]{24,200}={0,2}(?![\w./=-])/gi,
    accept: (match) =>
      /[A-Z]/.test(match) && /[a-z]/.test(match) && !/[-_][0-9a-f]{32,}$/.test(match) && isRandom(match),
    example: 'client with key={d0U1mM2yD3u4Mm5Y6d7U8mM9yD0u}',
    counterexample: 'cache key: npm-Linux-0123456789abcdef0123456789abcdef and key=value',
  },
  {
    id: 'private-key',
    source: 'PuTTY manual, private key file format: Private-Lines',
    hints: ['Private-Lines:'],
    pattern: /(Private-Lines: \d{1,3}(?:\\[nr]|\s){1,4})[A-Za-z0-9+/=](?:[A-Za-z0-9+/=]|\\[nr]|[\r\n]){15,}/g,
    example: 'Private-Lines: 1\n{AAAAdummydummydummydummydummydummy==}',
    counterexample: 'Private-Lines: 14',
  },
  {
    id: 'private-key',
    source: 'RFC 7468: base64 of "-----BEGIN ... PRIVATE KEY"',
    hints: ['LS0tLS1CRUdJTi'],
    pattern:
      /LS0tLS1CRUdJTi(?:BSU0EgUFJJVkFUR|BQUklWQVRF|BFQyBQUklWQVRF|BPUEVOU1NIIFBSSVZBVE|BFTkNSWVBURUQgUFJJVkFUR|BEU0EgUFJJVkFUR)[A-Za-z0-9+/=_-]{4,}/g,
    example: 'client {LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVkDUMMY} unreadable',
    counterexample: 'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t',
  },
  {
    id: 'private-key',
    source:
      'RFC 5208, RFC 8017 and RFC 5915 in base64, and OpenSSH keys, without the lines that mark their begin and end',
    hints: ['MII', 'MIG', 'MC4CAQ', 'MHcCAQ', 'b3BlbnNzaC1rZXk'],
    pattern:
      /(?<![A-Za-z0-9+/])(?:MII[A-Za-z0-9+/]{5}(?:ADANBgkqhkiG9w0BAQEFAASC|AAKC|AAKB)|MIGHAgEAMBMG|MIG2AgEAMBAG|MC4CAQAwBQYDK2Vw|MHcCAQEEI|MIGkAgEBBD|b3BlbnNzaC1rZXktdjE)[A-Za-z0-9+/=]{8,}(?:(?:\\r)?(?:\\n|\r?\n)[ \t>|]{0,20}[A-Za-z0-9+/=]{4,100}(?=[\s"'\\]|$)){0,200}/g,
    example: 'key: {MIIEvQIBADANBgkqhkiG9w0BAQEFAASCdummydummydummyDUMMY==}',
    counterexample: 'certificate MIIDdzCCAl+gAwIBAgIEdummydummydummy',
  },
  {
    id: 'otp-seed',
    source: 'Google Authenticator key URI format',
    hints: ['otpauth://'],
    pattern: /(otpauth:\/\/[^\s"'<>?]{1,256}\?[^\s"'<>]{0,256}?secret=)[A-Z2-7a-z=]{4,}/g,
    example: 'otpauth://totp/x?secret={DUMMYDUMMY234567}&issuer=y',
    counterexample: 'otpauth://totp/x?issuer=y',
  },
];

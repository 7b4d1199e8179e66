const title = /<title[^>]{0,80}>\s{0,40}([^<]{1,160})/i;
const firstHeading = /<h1[^>]{0,120}>\s{0,40}(?:<[a-z][^>]{0,80}>\s{0,20}){0,3}([^<]{1,160})/i;
const secondHeading = /<h2[^>]{0,120}>\s{0,40}(?:<[a-z][^>]{0,80}>\s{0,20}){0,3}([^<]{1,160})/i;

/** Titles of pages that a server gives instead of the page that was asked for. */
const failing =
  /^(?:(?:http )?(?:error|status)?(?: code)?[ :–-]{0,3}[45]\d\d\b(?=\s*$|[ :–—|-]{1,3}(?:bad|unauthori|payment|forbidden|not|method|request|conflict|gone|too|internal|server|service|gateway|web|connection|origin|proxy|access|error|temporar|site|page|seite|invalid|ssl)\w*)(?!.{0,80}\bexplained\b)|(?:application|internal|server|runtime|internal server|proxy|gateway|nginx|unexpected) error\b|error$|error \d{3,4}\b|(?:forbidden|unauthori[sz]ed|not found|page not found|access denied|service (?:temporarily )?unavailable|bad gateway|gateway time-?out|too many requests|internal server error|bad request|site maintenance|(?:down|closed) for maintenance|maintenance(?: mode)?|be right back|temporarily unavailable|just a moment\.\.\.|attention required!?)\s*(?:$|[|·–—:-])|(?:we['’]re|we are) sorry, but something went wrong|.{1,80} \| [45]\d\d: |(?:we['’]ll|we will) be back\b|starting \w+$|access denied \| )/i;
const failingBody =
  /\bAn error occurred in the application and your page could not be served\b|\bplease wait while [\w ]{1,40} is (?:getting ready|starting|restarting)\b|\bYou are being rate limited\b|\bno server is available to handle this request\b/i;

const login =
  /^(?:please )?(?:sign[ -]?in|log[ -]?in|login|logon|anmelden|anmeldung|connexion|se connecter|iniciar sesi[oó]n|accedi|inloggen|entrar|zaloguj|logowanie|giriş|вход|войти|увійти|ログイン|登录|登入|로그인)(?=$|[\s|·:–—-])|[|·–—-] (?:sign[ -]?in|log[ -]?in|login|anmelden|connexion|ログイン|登录)$/i;
const form = /<form\b/i;
const passwordField = /<input\b[^>]{0,300}\btype\s?=\s?["']?password\b/i;
const loginAction =
  /<form\b[^>]{0,300}\baction\s?=\s?["'][^"']{0,200}(?:login|log_in|sign_?in|signin|auth|sso|session|security_check)/i;

const html =
  /^\s{0,40}(?:<!--[^>]{0,200}-->\s{0,20})?(?:<\?xml[^>]{0,120}>\s{0,20})?<(?:!doctype html|html|head|body)\b/i;

/** What a page says that a server gives where something else was asked for: an error page, or a page to log in; null if it is neither. */
export const errorPage = (text: string): string | null => {
  if (!html.test(text)) return null;
  const [heading, second] = [firstHeading, secondHeading].map((one) => one.exec(text)?.[1]?.trim() ?? '');
  const named = title.exec(text)?.[1]?.trim() ?? '';
  const words = [named, heading, second].filter((piece, at, all) => piece !== '' && all.indexOf(piece) === at);
  const isLogin = form.test(text) && (passwordField.test(text) || loginAction.test(text));
  if (isLogin && (login.test(named) || login.test(heading ?? ''))) return `Login page: ${words.join('\n')}`;
  const found = failingBody.exec(text)?.[0];
  if (found !== undefined) words.push(found);
  const head = named === '' ? (heading ?? '') : named;
  return found !== undefined || failing.test(head) ? words.join('\n') : null;
};

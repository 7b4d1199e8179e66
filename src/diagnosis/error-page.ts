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

/** A piece of a page, as it is left by tools that cut pages to what matters. */
const piece = /^\s{0,40}<(?:title|meta|link|h[1-4]|div|p|center|section|main|article|span|table|font|b|strong)\b/i;
const pieceLimit = 4_000;
/** Longer pages are about something. */
const shortPage = 6_000;

/** A status behind its word in any language. */
const worded =
  /^(?:(?:http )?(?:fehler|erreur|erro|errore|fout|błąd|fel|fejl|feil|virhe|hata|chyba|ошибка|помилка|エラー|错误|錯誤|오류)(?: code)?|(?:http[- ]?)?(?:état|etat|estado|stato|stav|statut|durum|tila|состояние|статус|状态|ステータス|상태)(?: code)?(?: http)?)[ :：–-]{0,3}[45]\d\d(?!\d)/i;
/** A page that is missing. */
const missingPage =
  /^(?:(?:die|la|le|de|a|o) )?(?:seite|pagina|página|page|strona|страница|сторінка|sayfa|sidan?|siden?|sivua?|stránka|oldal|ページ|页面|網頁|페이지)(?:\P{L}.{0,30}|[はがを]?.{0,6})(?:nicht (?:gefunden|vorhanden|verfügbar)|niet gevonden|no encontrad|não encontrad|non trovat|introuvable|non trouvé|nie (?:został\S{0,2} )?znalezion|nie istnieje|не найден|не знайден|bulunamadı|hittades inte|(?:ikke|kunne ikke) (?:fundet|funnet|findes)|ei löy|nenalezen|nem található|găsit|見つかりません|找不到|未找到|不存在|찾을 수 없)/iu;

/** A heading of a text about an error. */
const about =
  /(?<![\w./])(?:what|how|why|when|means?|meaning|explained|guide|fix(?:es|ing)?|docs|reference|list of|examples)\b(?!\.)/i;

/** A box that tells of a failure and of nothing else. */
const box =
  /^\s{0,40}<(?:div|p|section|span|table|article|main|strong)\b[^>]{0,200}\b(?:class|id|role)\s?=\s?["'](?![^"']{0,120}(?:success|\binfo\b|\bok\b))[^"']{0,80}(?:alert|error|erreur|fehler|erro\b|fout|hata|danger|warn|avertissement|aviso|avviso)/i;
const boxLimit = 1_200;
const tag = /<[^<>]{1,400}>/g;

/** The words of a piece of a page, a line for each element. */
const wordsIn = (text: string): string =>
  text
    .replace(tag, '\n')
    .replaceAll('&nbsp;', ' ')
    .replace(/&(?:rsquo|apos|#0?39|#8217);/g, "'")
    .replace(/\s{0,40}\n\s{0,40}/g, '\n')
    .trim();

/** The words of a box that may tell of a failure, if that is all there is; null if there is none. */
export const errorBox = (text: string): string | null =>
  text.length <= boxLimit && box.test(text) ? wordsIn(text) : null;

/** What a page says that a server gives where something else was asked for: an error page, or a page to log in; null if it is neither. */
export const errorPage = (text: string): string | null => {
  const isPiece = text.length <= pieceLimit && piece.test(text);
  if (!isPiece && !html.test(text)) return null;
  const [heading, second] = [firstHeading, secondHeading].map((one) => one.exec(text)?.[1]?.trim() ?? '');
  const named = title.exec(text)?.[1]?.trim() ?? '';
  const words = [named, heading, second].filter((piece, at, all) => piece !== '' && all.indexOf(piece) === at);
  const isLogin = form.test(text) && (passwordField.test(text) || loginAction.test(text));
  if (isLogin && (login.test(named) || login.test(heading ?? ''))) return `Login page: ${words.join('\n')}`;
  const found = failingBody.exec(text)?.[0];
  if (found !== undefined) words.push(found);
  const head = named === '' ? (heading ?? '') : named;
  const fails =
    found !== undefined ||
    (failing.test(head) && !(isPiece && (about.test(head) || second !== ''))) ||
    (text.length <= shortPage && !about.test(head) && (worded.test(head) || missingPage.test(head)));
  if (!fails) return null;
  return isPiece ? [...words, wordsIn(text)].join('\n') : words.join('\n');
};

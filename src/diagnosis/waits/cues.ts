/** Words that are a whole word in any script. */
const words = (...lists: readonly string[]): RegExp =>
  new RegExp(`(?<![\\p{L}\\p{N}])(?:${lists.join('|')})(?![\\p{L}\\p{N}])`, 'giu');

/**
 * Words that ask for a wait, before a duration: `try again in`, `wait`. Those of {@link weak} only say when something ends, so a
 * sentence that asks goes before one of them.
 */
export const asks = words(
  'retry|retries|retrying|be retried|re-?try|retry[_ -]?(?:after|in|delay)|(?:try|trying|attempt)(?: \\p{L}+){0,4} again|try|again|waits?|waiting|' +
    'back ?off|backing off|(?:come|check|be|are|is) back|slow(?:ing)? down|hold off|pause|paus(?:e|ing)|sleep(?:ing)?|resume[ds]?|resuming|' +
    'reconnect(?:ing)?|resend|resubmit|repeat(?:ing)?|another (?:attempt|request|try)|next (?:request|attempt|retry|call|try)|not before|' +
    'wait[_ -]?time|only (?:request|do|try|call|send|use|submit|make|perform|ask)(?: \\p{L}+){0,3}(?= (?:after|in|every))|take a(?: \\p{L}+)? break|cool(?:ing)?[ -]?(?:down|off)|flood[_ ]?wait|please allow',
  'warten|warte|wartezeit|erneut|noch einmal|nochmals?|versuch\\p{L}*|wiederhol\\p{L}*|frühestens',
  'attend(?:ez|re|s)|patient(?:ez|er)|réessa\\p{L}+|à nouveau|de nouveau|nouvelle (?:tentative|demande)|recommenc\\p{L}+',
  'esper[ae]\\p{L}*|reintent\\p{L}+|inténtel\\p{L}+|intent[ae]\\p{L}*|vuelv[ae]\\p{L}*|de nuevo|nuevamente|otra vez',
  'aguard[ae]\\p{L}*|tent[ae]\\p{L}*|novamente|de novo',
  'attend[ai]\\p{L}*|aspett\\p{L}+|riprov\\p{L}+|ritent\\p{L}+|di nuovo|nuovamente',
  'wacht\\p{L}*|probeer|opnieuw|poczekaj|odczekaj|zaczekaj|spróbuj|ponownie|ponów',
  'подожд\\p{L}+|повтор\\p{L}+|попробуйте|попытк\\p{L}+|снова|ждать|ожида\\p{L}+|зачекайте|спробуйте|повторіть',
  'bekley\\p{L}+|tekrar|yeniden|deneyin\\p{L}*|vänta|försök|igen|vent|prøv|igjen|odota|yritä|uudelleen|počkejte|zkuste|opakujte|znovu|' +
    'várjon|próbálja|újra|așteptați|încercați|thử lại|đợi|chờ|coba|tunggu|περιμένετε|δοκιμάστε',
);
/** In scripts without spaces. */
const asksUnspaced = /请|請|等待|等|稍|待|再试|再試|重试|重試|再度|다시|재시도|기다|대기|انتظر|נסה|המתן/giu;

/** Words that say when a limit or a block ends. */
export const weak = words(
  '(?<!(?:connection|stream|socket|was|been|were|got|peer|by) )(?:resets?(?! by)|resetting|reset[_ -]?(?:after|in|time))|available|unavailable for|renew(?:s|ed)?|' +
    'refills?|replenish(?:es|ed)?|lifts|lifted|unlock(?:s|ed)?|unblock(?:s|ed)?|(?:limit|ban|block|lock|lockout|penalty|restriction|quota) expires|' +
    '(?:blocked|banned|locked(?: out)?|suspended|throttled|limited|restricted|disabled|muted) (?:for|until|another)|' +
    '(?:requests?|retries|calls?|attempts?|tries) (?:is |are |will be )?allowed(?: again)?|(?:next|new) (?:slot|window|token)s?|(?:re)?opens?|frees? up|remaining(?: time)?|time (?:remaining|left)|remains|(?:be|is) ready in|throttle|' +
    'starts? (?:up )?in|penalty|delay',
  'verfügbar|gesperrt|blockiert|zurückgesetzt|sperre|noch|disponible|disponibile|disponível|bloqué\\p{L}*|bloquead[oa]|réinitialis\\p{L}+|' +
    'dans|dentro de|beschikbaar|geblokkeerd|dostępn\\p{L}+|через|доступ\\p{L}+|заблокирован\\p{L}*|in(?= \\S+ (?:sekund|minut|stund))|' +
    'fra|tra|em(?= \\S+ (?:seg|min))|over(?= \\S+ (?:sec|min))|za(?= \\S+ (?:s|m))',
);
const weakUnspaced = /剩余|剩餘|解除|恢复|恢復|あと|残り|남은|해제/giu;

/** Words before a duration that make it something else: how long something took, how often something may be done. */
export const denies = words(
  '(?:after|timed out|while|been|spent|stopped|gave up|of|lock) waiting|wait(?:ed|ing)? timeout|(?:timed|time|timing)[- ]?out|timeouts?|time limit|took|taken|takes|elapsed|lasted|lasting|running for|runs for|ran for|after waiting|waited|' +
    'per|every|each|within(?: the)?|last|past|previous|prior|' +
    'ttl|cached?|interval|expired|older than|ago|exceed(?:ed|s|ing)?|deadline|limit of|window(?: of)?|duration of|lifetime|valid for|valid|age|max-age|' +
    'giving up|give up|gave up|aborted|aborting|killed|cancell?ed|failed (?:after|for|within)|requests in|calls in|queries in|messages in|attempts in|at most|up to|' +
    'no (?:response|reply|activity|data|heartbeat) (?:for|in|after)|(?<!\\b(?:can|may|could|must|should|to) be )retried(?: for| after)?|tried(?: for)?|idle|keep-?alive|latency|schedule[ds]?',
  'zeitüberschreitung|nach(?! \\S+ \\S+ (?:erneut|noch|wieder|versuch))|pro|délai(?: \\p{L}+){0,2} (?:dépassé|expiré)|par|tiempo de espera(?: \\p{L}+){0,3}|' +
    'por|cada|tempo(?: \\p{L}+){0,3} (?:esgotado|scaduto|limite)|ogni|время ожидания(?: \\p{L}+){0,3}|таймаут\\p{L}*|истекло|за последн\\p{L}+|каждые|' +
    'zaman aşımı|limit czasu',
);
const deniesUnspaced = /超时|超時|タイムアウト|毎|每|시간 ?초과|매(?=\s?\d)/giu;

/** What follows a duration that is none of a wait. */
export const deniesAfter =
  /^\s?(?:ago\b|earlier\b|old\b|(?:rolling |sliding )?window\b|time-?out\b|limit\b|interval\b|ttl\b|deadline\b|elapsed\b|passed\b|period\b|each\b|(?:was |has been |have )?(?:exceeded|expired|elapsed)\b|without\b|with \d+ |vor\b|(?:后|後)?(?:に)?\s?(?:超时|超時|タイムアウト|시간 ?초과)|以内|内|間に|에\s?\d)/iu;

/** What follows a duration that asks for a wait: `30 seconds before retrying`, `30 秒後に`. */
export const asksAfter =
  /^[\s)\]"'»”]{0,3}(?:(?:before|until|till|to) (?:(?:you|we|it|the|your|can|may|next|new|making|sending|another|a|more) ){0,5}(?:re-?try(?:ing)?|try(?:ing)?|attempt\p{L}*|send\p{L}*|resets?|requests?|quer\p{L}+|calls?|continu\p{L}+|proceed\p{L}*|submitt?\p{L}*|use|again|next|resum\p{L}+)|(?:is |are )?(?:remaining|left|to go)\b|(?:and|,|then)? ?(?:re)?try(?: again)?\b(?! (?:count|attempt))|later\b|erneut|noch einmal|nochmals|wieder|(?:lang )?warten|de nuevo|nuevamente|novamente|de novo|à nouveau|avant de (?:réessayer|recommencer)|antes de (?:reintentar|tentar|volver|intentar)|prima di riprovare|opnieuw|ponownie|tekrar|sonra|igen|igjen|znovu|uudelleen|múlva|sau|lagi|снова|ещ[её] раз|повтор|秒|(?:之|以)?(?:后|後)(?:に|で)?(?!.{0,6}(?:超时|超時|タイムアウト|失敗|失败))|お待ち|待|再|후(?!.{0,6}초과)|뒤|이후|동안 (?:기다|대기)|בעוד|before retry)/iu;

/** The end of the last match, or -1. */
const lastEnd = (text: string, ...cues: readonly RegExp[]): number => {
  let end = -1;
  for (const cue of cues) {
    for (const match of text.matchAll(cue)) end = Math.max(end, match.index + match[0].length);
  }
  return end;
};

/** How well the words before a duration ask for it as a wait: 2 if they ask, 1 if they say when something ends, 0 if neither. */
export const cueBefore = (before: string): 0 | 1 | 2 | 'denied' => {
  const asked = lastEnd(before, asks, asksUnspaced);
  const ends = lastEnd(before, weak, weakUnspaced);
  const denied = lastEnd(before, denies, deniesUnspaced);
  if (denied !== -1 && denied >= Math.max(asked, ends)) return 'denied';
  if (asked === -1 && ends === -1) return 0;
  return asked >= ends ? 2 : 1;
};

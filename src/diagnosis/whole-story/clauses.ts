import { partsOf } from './parts.ts';
import { failureBeginnings } from './vocabulary.ts';
import { codeWords, labels } from './words.ts';

/** Beginnings of words that tell of a failure or of what to do about it, in the languages of the vocabulary. */
const tellsOfFailure = new RegExp(
  String.raw`(?<![\p{L}\p{M}])(?:${[
    // English
    `fail|error|err\\b|fatal|exception|refus|reject|denied|deny|unauth|unable|cannot|can't|couldn't|not\\b|no\\b|n't|invalid|incorrect|wrong|bad\\b`,
    `expir|revoked|stale|missing|required|must\\b|need|require|unknown|unreachable|unresolv|unavailable|exceed|too\\b|limit|throttl|quota|slow\\b`,
    `overload|exhaust|please|try\\b|retry|wait\\b|check\\b|ensure|make sure|see\\b|visit|refer|consider|reduce|contact|log ?in\\b|sign in|panic|offline`,
    `reauth|re-auth|re-log|nonexistent|non-existent|malformed|unrecogn|impossible|unsupported|forbid|unexpected|problem|timeout|reserved|without`,
    `run\\b|use\\b|learn|either\\b|supply|did you|is the server|caused?\\b|cause:|aborted|abort\\b|crashed|violat|deprecat|lapsed|max\\b|maximum|unhandled|uncaught|back ?off`,
    // German, Dutch and the Scandinavian languages
    `nicht|kein|abgelehnt|verweigert|fehl|schlug|abgelaufen|ungültig|unbekannt|bitte|zeitüber|überschr|viele|schwerwiegend|melden|erneut|später|warten`,
    `geen|niet|geweigerd|mislukt|fout|verlopen|ongeldig|onbekend|vereist|veel|probeer|opnieuw|ikke|kunde inte|inte\\b|nekad|vägrad|misslyck|mislyk|okänd|ogiltig`,
    `từ chối|lỗi|hết hạn|vui lòng|nhiều|không|ditolak|gagal|tidak|kedaluwarsa|habis|silakan|terlalu|coba|odmítnut|nelze|chyb|vypršel|přihlaste|příliš|zkuste|nægtet|meld u|log på|logg inn`,
    `krävs|många|försök|gått ut|logga|afvist|avvist|nektet|utløpt|udløb|prøv|vent\\b|mange`,
    // Romance languages
    `ne\\b|n'|pas\\b|échou|échec|erreur|inconnu|invalide|impossib|trop|veuillez|réessay|requis|reconnect|no\\b|não|non\\b|rechaz|recus|rifiut|fall|falh|errore`,
    `desconoc|desconhec|sconosciut|caduc|inválid|demasiad|muit|tropp|tente|intent|inténtel|vuelv|riprov|espere|aspet|richiest|requerid|necess|scadut|excedid|superat`,
    `agotad|esgotad|denegad|negad|inicie|inicia|inicj|faça|accede|effettu|fallit|marcha|deneg`,
    // Further languages
    `rehus|rechaz|evätt|epäonn|vanhent|virheel|hylä|liian|tuntem|elutas|visszauta|sikertel|lejárt|érvényt|túl\\b|nem\\b|hiba|ismeretlen|refuz|eșuat|expirat|eroare`,
    `necunoscut|prea\\b|aguard|attend|wacht|weiger|απορρίφ|λήξει|σφάλμα|άγνωστ|πάρα|απέτυχ|αδυναμ|رفض|فشل|تعذر|خطأ|انتهت|كثيرة|غير|נדח|שגיא|פג|יותר|נכשל`,
    `bağlanılama|bağlanamad|ulaşılama|erişileme|çözümleneme|bulunamad|kurulurken zaman|bağlantı zaman|відхил|відмов|помилк|термін|забагат|невідом|odbij|istek|previše|greška|falsch|sperr|drossel|überlast|lehnte`,
    // Slavic languages and Turkish
    `nie\\b|odrzuc|odmow|odmówi|nieznan|nieprawid|wygas|błąd|wymagan|wiele|spróbuj|ponown|zaloguj|poczekaj|przekroc|upłyn|brak|zabron|czy\\b`,
    `не |отказ|отклон|ошибк|неизвест|истек|истёк|недейств|невер|требу|слишком|повтор|войдите|запрещ|превыш|попробуй`,
    `reddedil|lanamad|hata|başarısız|doldu|geçersiz|gerekli|yetkisiz|fazla|lütfen|aşıldı|aşımı|edilemedi|bilinmeyen`,
    failureBeginnings,
  ].join('|')})`,
  'iu',
);

/** The ends of clauses; a point inside a name ends none. */
const ends = /[;:!?\n|→—{}[\]()]|\.(?=\s|$)|,(?=\s)| [-–>=]+ /u;

/** Conjunctions between two clauses. */
const joins =
  /(?<![\p{L}\p{N}'’_-])(?:and|but|then|because|so|while|und|aber|dann|weil|während|et|mais|puis|car|donc|y|pero|luego|porque|entonces|mientras|e|mas|então|enquanto|ma|poi|perché|quindi|mentre|en|maar|dan|want|omdat|dus|terwijl|och|men|sedan|så|eftersom|og|fordi|i|ale|potem|więc|pak|protože|и|но|а|потом|поэтому|та|але|потім|ja|mutta|sitten|koska|ve|ama|sonra|çünkü)(?![\p{L}\p{N}'’_-])/giu;

/** What makes words a clause: a form of `be` or `have`, or a participle that is no attribute of a login. */
const verb =
  /(?<![\p{L}\p{N}_-])(?:is|are|was|were|has|have|had|(?!(?:provided|supplied|given|specified|configured|shared|hosted|managed|requested|allowed|permitted|cached|used|need|based|embed|feed|speed|seed|red)\b)[a-z]{2,20}ed|ist|sind|wurden?|hergestellt|angemeldet|est|sont|está|están|foi|é|è|sono|werd|werden|är|blev|ble|er|jest|został[aoy]?|je|byl[ao]?|on|установлено|выполнен[ао]?)(?![\p{L}\p{N}_-])/iu;

const advises = /^\P{L}*(?:please )?(?:check|make sure|ensure|verify)\b/iu;

/** Whether words tell of a failure. */
const fails = (words: string): boolean =>
  words.includes('\ue001') || tellsOfFailure.test(words.replace(/_/g, ' ').replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2'));

/** Whether one of several clauses that a conjunction joins tells of something else than a failure. */
const joinsOther = (clause: string): boolean => {
  const sides = clause.split(joins);
  return (
    sides.length > 1 &&
    !advises.test(clause) &&
    sides.some((side) => !fails(side.replace(/reserved/gi, 'used')) && verb.test(side.replace(/reserved/gi, 'is')))
  );
};

const word = /[\p{L}][\p{L}\p{N}\p{M}'’_-]*/gu;

/**
 * Finds a clause of plain words that tells of no failure, such as `the request is known`: plain words can say that something was done. A
 * label, such as `HTTP error:`, tells nothing. Gives the place of its first word, or -1.
 */
export const untoldAt = (rest: string, isCode: (word: string) => boolean): number => {
  let at = 0;
  for (const clause of rest.split(ends)) {
    const begin = rest.indexOf(clause, at);
    at = begin + clause.length;
    if (joinsOther(clause)) return begin + Math.max(0, clause.search(/\p{L}/u));
    if (fails(clause)) continue;
    const words = clause.match(word) ?? [];
    const isLabel = words.every(
      (one) =>
        codeWords.test(one) || isCode(one) || partsOf(one).every((part) => labels.has(part.replace(/^'+|'+$/g, ''))),
    );
    if (!isLabel) return begin + clause.search(/\p{L}/u);
  }
  return -1;
};

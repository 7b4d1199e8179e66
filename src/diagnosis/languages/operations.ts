const wordsOf = (text: string): string[] => text.trim().split(/\s+/);

/** Words that say that something failed or was not done, language by language. */
export const failing: ReadonlySet<string> = new Set(
  wordsOf(`nicht fehlgeschlagen gescheitert fehler fehlschlag niet mislukt fout inte ej misslyckades misslyckats fel ikke mislykkedes fejl mislyktes feilet feil
  epäonnistui epäonnistunut ei virhe échec échoué erreur impossible pas no error falló fallo fallida fallido não nao falha falhou erro non impossibile errore
  fallita fallito nie błąd chyba nelze nepodařilo nezdařilo selhalo selhala selhal не ошибка сбой невозможно помилка неможливо hata başarısız`),
);

/** Words that stand in such a clause and tell nothing. */
export const auxiliary: ReadonlySet<string> = new Set(
  wordsOf(`konnte konnten kann können beim bei der die das den dem des ein eine einer eines werden wurde ist zu von kan kon konden worden werd is bij het de een van te
  kunde kan gick det att vid av en ett kunne ved af at et er blev ble under til voitu onnistu on ollut n' ne na pu pas de la le les l' l du d' d une un lors lors à été a est pu
  se pudo puede posible fue ha sido al el la los las un una de del durante foi possível pôde ao o a os as um uma do da na no é stato stata possibile durante il lo la gli
  un una della dell' dell del nel nell riuscito riuscita riuscire è si udało się powiodło można podczas przy z w se při podařilo být удалось удаётся удается при во время
  möglich mogelijk mulig muligt möjligt mahdollista вдалося вдалось під час oluştu oldu sırasında bir en su sua seu sus votre uw je din ditt deres ihre ihr`),
);

/** Beginnings of words, without accents, that mean to make, to place or to issue something. */
const creates = new RegExp(
  `^(?:${[
    'erstell|angelegt|anleg|anlage$|erzeug|erfass|ausstell|ausgestellt|aufgegeben|aufgeben|einreich|eingereicht|eintrag|eingetragen|hinzufug|hinzugefugt|ausfuhr|ausgefuhrt',
    'aanmak|aangemaakt|maken$|gemaakt|plaats|geplaatst|indien|ingediend|toevoeg|toegevoegd|registr|uitvoer|uitgevoerd',
    'skap|upprat|utfar|utfor|oprett|opprett|afgiv|udsted|utsted|luo|luonti|laati|lisaa|tehda|tehty|suorit',
    'cre(?:er|ation|ee?s?$)|emett|emis|emission|enregistrement|passer$|passation|crear$|creacion|creado|creada|emitir|emitid|emision|realiz|gener|efectuar',
    'criar$|criacao|criad|emissao|emitid|gerar$|geracao|efetuar|efectuar|creare$|creazione|creat[oa]$|emettere|emess|inserire|inseriment|inserit',
    'utworz|tworzeni|zlozy|zlozen|skladan|wystaw|dodac|dodan|dodaw|rejestr|zarejestr|wykona',
    'vytvor|vytvar|vystav|zaloz|zalozen|zadan|podat|podan|proved|zaregistr',
    'створ|оформ|додат|додав|зареєстр|випис|виставл|созда|добав|зарегистр|выстав|выпис',
    'olustur|eklen|ekle|kesil|kesme|duzenle',
  ].join('|')})`,
);

/** The endings of Turkish verbs that were not done. */
const undoneVerb = /(?:am[aı]|em[ei])d[ıi]$|(?:anam|enem|lam|lem)(?:ıyor|iyor)$/;

const latin: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [...'абвгдезийклмнопрстуфыэіґє'].map((letter, at) => [letter, 'abvgdeziyklmnoprstufyeige'[at] as string]),
  ),
  ж: 'zh',
  х: 'kh',
  ц: 'ts',
  ч: 'ch',
  ш: 'sh',
  щ: 'shch',
  ю: 'yu',
  я: 'ya',
  ї: 'yi',
  ь: '',
  ъ: '',
};

/** A word without accents, as tool names spell it. */
export const fold = (word: string): string =>
  word
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/ł/g, 'l')
    .replace(/ø/g, 'o')
    .replace(/ß/g, 'ss')
    .replace(/ı/g, 'i')
    .replace(/æ/g, 'ae');

/** A word in Latin letters. */
export const romanised = (word: string): string =>
  /[\u0400-\u04ff]/.test(word) ? [...fold(word)].map((letter) => latin[letter] ?? letter).join('') : fold(word);

/** Infinitives and nouns of these verbs; every other form tells of what was done. */
const undoneForms = new RegExp(
  `^(?:${[
    String.raw`(?!(?:an|auf|ein|aus|hinzu|durch)ge|\w*ten$|\w*enen$)\w+(?:en|ens|ung|ungs)$|anlage$|(?:aan|in|toe|uit|ge)?\w*(?:ing|atie)$`,
    String.raw`(?:skap|uppratt|utfard|utfor|oprett|opprett|udsted|utsted|afgiv|registr\w*)(?:a|as|e|es|ande\w*|else\w*|ning\w*)$`,
    String.raw`(?:luo|laati|lisaa|tehda|suoritta)(?:da|a|ta)?$|(?:luonti|luonni|luomi|luotaes|laatimi|laadittaes|lisaami|lisays|lisattaes|tehtaes|suorittami|suoritetta)\w*$`,
    'creer$|creation$|emettre$|emission\\w*$|enregistrement$|passer$|passation$|crear$|creacion$|emitir$|realizar$|realizacion$|generar$|generacion$|efectuar$',
    'criar$|criacao$|emissao$|gerar$|geracao$|efetuar$|realizacao$|generare$|generazione$|creare$|creazione$|emettere$|inserire$|inseriment\\w*$|realizzare$|realizzazione$',
    String.raw`(?:utworz|tworz|zlozy|zlozen|skladan|wystaw|doda|rejestr|zarejestr|wykona)\w*?(?:c|nie|nia|niu|niem|cji|cja|cje)$|(?:zloz|doda|wykona)(?:yc|c)$`,
    String.raw`(?:vytvor|vytvar|vystav|zaloz|zadan|zada|podat|podan|proved|prove|zaregistr)\w*?(?:it|at|est|eni|enim|ani|anim)$|podat$`,
    String.raw`[\u0400-\u04ff]+(?:ть|ться|ти|тися|ния|нии|ние|нию|нием|ння|нні|нню|нням)$`,
    String.raw`(?:olustur|eklen?|kesil|kes|duzenle)\w*?(?:ma|me|mak|mek|masi|mesi|rken|masinda|mesinde)$`,
  ].join('|')})`,
);

/** A word that means to make, to place or to issue something, in whatever form. */
export const isCreation = (word: string): boolean => creates.test(fold(word));

const kindsDone =
  /^(?:sent|paid|booked|reserved|submitted|posted|published|transferred|sendt|betalt|skickad\w*|skickat\w*|gesend\w*|versend(?:et|ete\w*)|versandt\w*|verzond\w*|verstuurd\w*|verzend|gebuch\w*|geboek\w*|gezahl\w*|bezahl[^e]\w*|uberwiesen\w*|betaald\w*|wysla\w*|wyslan\w*|(?:za)?rezerwowa[nl]\w*|bokad\w*|bokat\w*|lahete\w*|varattu\w*|odeslan\w*|\w+(?:ad[oa]s?|at[oaie]|id[oa]s?|ees?|ay[ee]))$|^[\u0400-\u04ff]+ен[\u0400-\u04ff]{0,4}$|^[\u0400-\u04ff]+лен[\u0400-\u04ff]{0,3}$/u;

/** Whether a word tells that something was made: a participle or a past tense. `isKind` is whether it means what a tool does beside making. */
export const isDone = (word: string, isKind = false): boolean => {
  const folded = fold(word);
  if (isUndoneVerb(word)) return false;
  return (
    (creates.test(folded) && !undoneForms.test(folded)) ||
    (isKind && (/[éè]e?s?$/.test(word) || kindsDone.test(folded)))
  );
};

/** Words that deny the participle behind them. */
const denies = new Set(
  wordsOf(
    'nicht niet inte ej ikke ei eivät pas não nao no non nie не nebyl nebyla nebylo nebyly nelze not aucun aucune kein keine keinen',
  ),
);

/** Words that mean that something comes after something else; `na` is `in the` in Portuguese. */
const after = new Set(
  wordsOf(
    'after nach nachdem na après apres después despues tras dopo após apos depois efter etter po після після после jälkeen sonra után după',
  ),
);
const portuguese = new Set(wordsOf('erro falha falhou não nao foi possível'));

/** What stands between a denial and its participle. */
const passive = new Set(
  wordsOf(
    'zostało została został zostały быть был была было были été sido fue stata stato blev blevet blitt ble blivit',
  ),
);

/** Whether the words tell that something was done before: something made that no word before it denies, or the word `after`. */
export const tellsOfDone = (words: readonly string[], isKind: (word: string) => boolean): boolean => {
  const isPortuguese = words.some((word) => portuguese.has(word));
  if (words.some((word) => after.has(word) && !(word === 'na' && isPortuguese))) return true;
  const made = words.map((word) => isDone(word, isKind(word)));
  const at = made.indexOf(true);
  const several = words.filter((word, index) => made[index] || isCreation(word)).length > 1;
  if (at === -1 || several) return several;
  const denial = words.findLastIndex((word, index) => index < at && denies.has(word));
  return denial === -1 || words.slice(denial + 1, at).some((word) => !auxiliary.has(word) && !passive.has(word));
};

export const isUndoneVerb = (word: string): boolean => undoneVerb.test(word);

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
  вдалося вдалось під час oluştu oldu sırasında bir en su sua seu sus votre uw je din ditt deres ihre ihr`),
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

export const isCreation = (word: string): boolean => creates.test(fold(word));

export const isUndoneVerb = (word: string): boolean => undoneVerb.test(word);

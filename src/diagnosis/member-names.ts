/** What members of error bodies are called in other languages, and for short. */
const inLanguages: Readonly<Record<string, string>> = {
  error:
    'odata.error err erro fehler erreur errore fout błąd blad hata fel ошибка помилка エラー 错误 錯誤 오류 fejl feil virhe chyba',
  code:
    'ecode código codigo codice fehlercode kod код コード 代码 코드 kode felkod fejlkode feilkode foutcode kod_bledu ' +
    'kodbledu virhekoodi hatakodu hata_kodu codice_errore codiceerrore code_erreur codeerreur codigo_error ' +
    'codigoerror codigo_erro codigoerro kod_chyby код_ошибки код_помилки エラーコード 错误码 错误代码 오류코드 오류_코드 error_kode ' +
    'fehlernummer códigoerro hibakód 錯誤碼 kodbłędu',
  message:
    'mensagem besked texto viesti zpráva zprava meldung nachricht fehlermeldung mensaje messaggio bericht melding ' +
    'komunikat wiadomość mesaj meddelande сообщение повідомлення メッセージ 消息 信息 메시지 felmeddelande fejlbesked ' +
    'fejlmeddelelse feilmelding foutmelding virheviesti hatamesaji hata_mesaji messaggio_errore messaggioerrore ' +
    'message_erreur messageerreur mensaje_error mensajeerror mensagem_erro mensagemerro komunikat_bledu ' +
    'chybova_zprava сообщение_об_ошибке エラーメッセージ 错误信息 错误消息 오류메시지 오류_메시지 tekst testo texte fehlernachricht ' +
    'fehlertext msgerro komunikatbłędu virheilmoitus hibaüzenet üzenet mesajul 说明 說明 提示 안내 hinweis avis aviso ' +
    'avviso',
  description:
    'descripción descripcion descrição descricao descrizione beschreibung beschrijving omschrijving beskrivelse ' +
    'beskrivning kuvaus popis opis açıklama aciklama описание опис 説明 内容 描述 설명',
  status:
    'status ergebnis resultado résultat risultato esito resultaat wynik resultat tulos sonuç sonuc výsledek результат 結果 ' +
    '结果 결과 durum stav tila ステータス 状態 situacao situação situación situacion situazione statut estado stato статус 状态 ' +
    '상태',
  reason:
    'motivo causa motif razón razon reden oorzaak ursache powód powod przyczyna orsak årsag årsak syy důvod duvod ' +
    'neden 理由 原因 이유 사유 grund raison причина',
  title: 'title',
  instance: 'instance',
  extensions: 'extensions',
  detail: 'detail detalhe detalle dettaglio détail',
  errors:
    'fehlerliste erreurs errores erros errori fouten błędy bledy ошибки помилки hatalar fejlene feilene virheet ' +
    'chyby hibák erori エラー一覧 错误列表',
  success:
    'erfolg erfolgreich succès succes réussi reussi éxito exito sucesso successo gelukt geslaagd sukces powodzenie ' +
    'успех успешно успіх успішно başarılı basarili başarı lyckades lykkedes vellykket onnistui úspěch uspech ' +
    'úspěšné siker sikeres succesiv 成功 성공',
  field: 'feld champ campo veld pole поле alan fält felt kenttä mező câmp フィールド 項目 字段 필드',
};

const translated: ReadonlyMap<string, string> = new Map(
  Object.entries(inLanguages).flatMap(([name, words]) => words.split(' ').map((word) => [word, name] as const)),
);

/** What a member is called in English; its own name if it is not known in another language. */
export const plainName = (name: string): string => translated.get(name.toLowerCase()) ?? name;

/** Members in which clients and servers wrap a whole response. */
const envelope =
  /^(?:result|response|output|payload|reply|body|return|json|res|resp|rsp|ret|\w{1,40}(?:Response|Result))$/i;

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const maxMembers = 64;

/** What is nested deeper than this is data. */
const maxDepth = 3;
const maxItems = 16;

/** A value with the names of members in English, as far as it is small; the value itself if they all are. */
const inEnglish = (value: unknown, depth = 0): unknown => {
  if (depth > maxDepth) return value;
  if (Array.isArray(value)) {
    if (value.length > maxItems) return value;
    const items = value.map((item) => inEnglish(item, depth + 1));
    return items.some((item, at) => item !== value[at]) ? items : value;
  }
  if (!isPlain(value)) return value;
  const entries = Object.entries(value);
  if (entries.length > maxMembers) return value;
  const plain = entries.map(([name, member]) => [plainName(name), inEnglish(member, depth + 1)] as const);
  const same = plain.every(([name, member], at) => name === entries[at]?.[0] && member === entries[at]?.[1]);
  return same ? value : Object.fromEntries(plain);
};

/** Lists in which a GraphQL mutation says why it was refused: `userErrors`, `mutationErrors`. */
const refusals = /^(?:\w{0,20}user_?|mutation_?|client_?|validation_?|input_?)?errors$/i;

const isNothing = (value: unknown): boolean =>
  value === null || value === false || (Array.isArray(value) && value.length === 0);

/** The reasons for which a GraphQL response says that its only mutation did nothing; null if it did something, or failed otherwise. */
const refusalsOf = (body: Readonly<Record<string, unknown>>): readonly unknown[] | null => {
  const data = isPlain(body.data) ? Object.values(body.data) : [];
  const [only] = data;
  if (data.length !== 1 || !isPlain(only)) return null;
  const entries = Object.entries(only).filter(([name]) => name !== '__typename');
  const reasons = entries.flatMap(([name, list]) => (refusals.test(name) && Array.isArray(list) ? list : []));
  const didNothing = entries.every(([name, value]) => refusals.test(name) || isNothing(value));
  return reasons.length > 0 && didNothing ? reasons : null;
};

/** Members of a problem (RFC 9457) by a serializer that begins names with a capital. */
const problemMembers: Readonly<Record<string, string>> = {
  Errors: 'errors',
  Type: 'type',
  Title: 'title',
  Status: 'status',
};

const withProblemNames = (body: Record<string, unknown>): Record<string, unknown> =>
  typeof body.Title === 'string' && typeof body.Status === 'number'
    ? Object.fromEntries(Object.entries(body).map(([name, value]) => [problemMembers[name] ?? name, value]))
    : body;

/** A body with the names of its members in English, taken out of what only wraps it. Gives the body itself if it needs neither. */
export const plainBody = (body: object, depth = 0): object => {
  if (!isPlain(body)) return body;
  const entries = Object.entries(body);
  if (entries.length === 0 || entries.length > maxMembers) return body;
  const [only] = entries;
  if (entries.length === 1 && only !== undefined && depth < 2 && envelope.test(only[0]) && isPlain(only[1])) {
    return plainBody(only[1], depth + 1);
  }
  const reasons = refusalsOf(body);
  if (reasons !== null) return { errors: reasons };
  return inEnglish(withProblemNames(body)) as object;
};

import {
  auxiliary,
  failing,
  isCreation,
  isDone,
  isUndoneVerb,
  romanised,
  tellsOfDone,
} from '../languages/operations.ts';
import { laterDeeds, namesLaterThing } from './deeds.ts';
import { partsOf, stem, wordsOf } from './parts.ts';

/** Words that deny what follows or precedes them. */
const negations = new Set(
  wordsOf(`not no nothing none never wasn't weren't isn't hasn't haven't
  nicht kein keine keinen keiner nichts pas aucun aucune rien n'a n'ont n'est non nessun nessuna nessuno niente no ningún ninguna ningun nada
  não nao nenhum nenhuma niet geen niets nie żaden żadna żadne nic ikke ingen intet ingenting inte inget inga ingenting ei mitään yhtään
  не ничего ni nebyl nebyla nebylo nebyly žádná žádný žádné nic nem semmi nu nicio niciun hiçbir değil`),
);

/** What stands between: articles, forms of "be" and "have", and what any call works on. */
const between = new Set(
  wordsOf(`the a an your this any was were is are has have had been be being so therefore and
  der die das den dem ein eine ihr ihre ihren diese dieser dieses wurde wurden worden ist sind es daher
  le la les l l' un une des votre cette ce a ont été est sont donc n' ne c'est
  il lo gli i una uno la tua questo questa è sono stato stata stati state stato quindi
  el los las su esta este ha han sido fue fueron se por tanto
  o os as um uma seu sua este foi foram está portanto
  de het een uw deze dit is zijn werd werden dus
  się został została zostało zostały twoje ten ta to zatem
  den det de en et din blev ble er är har blivit blivits vart
  on ole eikä tätä был была было были ваш ваша be fost a`),
);

/** What any call works on or is called. */
const anyObject = new Set(
  wordsOf(`request requests call operation command data changes change anfrage daten änderung änderungen vorgang aktion requête données opération modification
  modifications richiesta dati operazione modifiche modifica solicitud datos operación cambios cambio pedido dados operação alteração alterações
  verzoek gegevens wijziging wijzigingen żądanie dane zmian zmiany zmiana anmodning ændringer endringer ändringar begäran
  запрос данные изменения изменений операция požadavek data změny`),
);

/** Participles of the call itself, as opposed to what comes after it: none of them tells of a confirmation, a delivery or a payment. */
const done = new Set(
  wordsOf(`accepted accept executed performed created placed made submitted transmitted started initiated attempted carried
  angenommen akzeptiert ausgeführt angelegt erstellt durchgeführt übermittelt übertragen begonnen gestartet vorgenommen geändert
  acceptée accepté acceptées acceptés exécutée exécuté effectuée effectué créée créé créées créés transmise transmis effectuées effectués
  accettato accettata accettati accettate eseguito eseguita eseguite eseguiti creato creata creati create trasmesso trasmessa effettuato effettuata effettuate
  aceptado aceptada ejecutado ejecutada creado creada realizado realizada realizaron realizó creó aceptó transmitido
  aceito aceita aceite executado executada criado criada realizado realizada efetuado efetuada submetido submetida
  geaccepteerd uitgevoerd aangemaakt gemaakt ingediend geplaatst gestart gewijzigd
  przyjęte przyjęto przyjęty przyjęta wykonane wykonano wykonana utworzone utworzono utworzona utworzony złożone złożono dokonano
  accepteret udført oprettet akseptert utført opprettet accepterad accepterades utförd utförts utfördes skapad skapades skapats gjordes gjorts
  hyväksytty suoritettu luotu tehty
  принят принята принято приняты выполнен выполнена выполнено создан создана создано созданы
  přijata přijat přijato vytvořena vytvořen vytvořeno provedena provedeny provedeno
  elfogadva létrehozva acceptată creată`),
);

/** What was not done to a request, or to anything at all. */
const doneToAny = new Set([
  ...done,
  ...wordsOf(`processed handled queued enqueued verarbeitet traitée traité elaborato elaborata procesado procesada procesó processado processada verwerkt przetworzone
  przetworzono behandlet behandlad behandlades käsitelty обработан обработана обработано zpracována zpracován feldolgozva procesată sent written changed saved stored transferred posted uploaded booked modified updated
  gesendet geschrieben gespeichert gebucht versendet envoyé enregistré modifié écrit inviato salvato modificato registrato
  enviado enviada guardado guardada modificado enviou gravado salvo alterado verzonden opgeslagen verstuurd wysłano zapisano zmieniono sendt gemt lagret endret
  ændret skickades sparades ändrades skickats sparats lähetetty tallennettu muutettu отправлено записано изменено сохранено odesláno uloženo změněno`),
]);

/** What means all that a call does. */
const nothing = new Set(wordsOf('nothing nichts rien niente nada niets nic intet ingenting inget mitään ничего semmi'));

/** What sending is called: a tool that sends has done nothing if nothing was sent. */
const sendings =
  /^(?:send|sent|submit|submitted|post|posted|publish|published|envoy|envoi|enví|envi|invi[ao]|inviat|send|gesend|versend|versand|verzend|verzond|verstuur|übertrag|übermitt|wyśl|wysł|wysl|skicka|sendt|lähet|отправ|odesl|odeslá)/i;
const booking = /^(?:book|reserv|buch|gebuch|réserv|prenot|boek|geboek|rezerw|boka|bron|varaa)/i;
const paying = /^(?:pay|paid|transfer|transferr|überw|zahl|pag|betaal|betaald|wire|bonific|vire|vir)/i;
const kinds: readonly RegExp[] = [sendings, booking, paying];

const clause = /(?<=^|[\n.!;:,(–—{]|- )[\p{L}'’ ]{4,90}(?=[\n.!;:,)"–—}]|$)/gu;

const conjunction = /^(?:and|then|with|plus|und|et|y|e|i|og|och|en|ja|и)$/;

/** Whether a word begins as a part of the tool's name does: `ordine` and `ordini`, `facture` and `factures`. */
const isLike = (word: string, part: string): boolean => {
  const short = Math.min(word.length, part.length);
  const least = Math.max(4, Math.max(word.length, part.length) - 4);
  const length = Math.min(short, least);
  return short >= 4 && romanised(word).slice(0, length) === romanised(part).slice(0, length);
};

/** What tools work on, in scripts without spaces, and how tool names write it in Latin letters. */
const thingsOf: readonly (readonly [part: RegExp, names: string])[] = [
  [/^(?:orders?|dingdan|chuumon|chumon|jumun)$/, '订单|訂單|注文|주문'],
  [/^(?:book|booking|reserv\w*|yuding|yuyue|yoyaku|yeyak)$/, '预订|预约|預訂|予約|예약'],
  [/^(?:pay|payment|zhifu|fukuan|shiharai|gyeolje)$/, '支付|付款|支払い?|결제'],
  [/^(?:invoices?|fapiao|seikyuu?sho|seikyu|cheonggu)$/, '发票|發票|請求書|청구서'],
  [/^(?:e?mail|youjian|meeru|meil)$/, '邮件|郵件|メール|메일'],
  [/^(?:sms|messages?|xiaoxi|duanxin|messeeji|mesiji)$/, '消息|訊息|短信|メッセージ|메시지'],
  [/^(?:transfer|zhuanzhang|furikomi|songgeum|iche)$/, '转账|轉帳|振込|이체|송금'],
  [/^(?:tickets?|gongdan|chiketto|tiket)$/, '工单|工單|チケット|티켓'],
];

/** Blanks that the tool's own thing was not made, in scripts without spaces. */
const withoutUndoneThing = (text: string, own: readonly string[], blank: (match: string) => string): string => {
  let rest = text;
  for (const [part, names] of thingsOf) {
    if (!own.some((word) => part.test(word))) continue;
    const sends = own.some((word) => sendings.test(word) || /mail|sms|messag|youjian|xiaoxi|duanxin|meeru/.test(word));
    const [zh, ja, ko] = sends ? ['|发送|發送|发出', '|送信|送付', '|전송|발송'] : ['', '', ''];
    const verb = {
      zh: `(?:创建|建立|新建|生成|提交|下达|添加${zh})`,
      ja: `(?:新規)?(?:作成|登録|受付|受け付け|追加${ja})`,
      ko: `(?:생성|등록|접수|추가${ko})`,
    };
    rest = rest.replace(
      new RegExp(
        [
          `${verb.zh}(?:${names})(?:时)?(?:失败|出错|错误)|(?:无法|未能|不能)${verb.zh}(?:${names})|(?:${names})${verb.zh}失败`,
          `(?:${names})(?:を|の|が|は)?${verb.ja}(?:に|が|を|は|中に)?(?:できません(?:でした)?|失敗(?:しました)?|エラー(?:が発生しました)?)`,
          `(?:${names})(?:을|를|의|이)? ?${verb.ko}(?:하지 못했습니다|되지 못했습니다|할 수 없습니다|에 실패했습니다| ?실패| 중 오류(?:가 발생했습니다)?)`,
        ].join('|'),
        'gu',
      ),
      blank,
    );
    rest = rest.replace(
      new RegExp(
        `(?:${names})(?:(?:尚?未|没有|沒有|并未|並未)被?(?:创建|建立|提交|接受|受理${zh})|[はが](?:登録|作成|受付|受け付け${ja})(?:され|られ)?(?:ていません|ませんでした)|(?:이|가|은|는) ?(?:등록|생성|접수${ko})되지 않았습니다)`,
        'gu',
      ),
      blank,
    );
  }
  return rest;
};

const reported = /(?<=^|[\n.!;:,(–—{|"] {0,3})[\p{L}\p{M}'’ -]{4,100}(?=\s?[:：.;,(!–—"]|\s?$)/gmu;

/** Blanks a clause of another language that says no more than that the call failed: `Fehler beim Anlegen der Rechnung`. */
const withoutFailure = (
  text: string,
  own: readonly string[],
  isOfLater: (words: readonly string[]) => boolean,
  blank: (match: string) => string,
): string =>
  text.replace(reported, (match) => {
    const words = match
      .toLowerCase()
      .split(/[\s'’-]+/)
      .filter((word) => word !== '');
    if (words.length > 10 || !words.some((word) => failing.has(word) || isUndoneVerb(word))) return match;
    const isOfKind = (word: string) => kinds.some((kind) => kind.test(word) && own.some((part) => kind.test(part)));
    if (tellsOfDone(words, isOfKind) || isOfLater(words)) return match;
    const creates = own.some((part) => isCreation(part));
    let hasThing = false;
    for (const word of words) {
      const isSame = own.some((part) => isLike(word, part));
      const isKind = kinds.some((kind) => kind.test(word) && own.some((part) => kind.test(part)));
      const isKnown = failing.has(word) || auxiliary.has(word) || isCreation(word) || anyObject.has(word);
      if (!isSame && !isKind && !isKnown) return match;
      hasThing ||= isSame || isKind || (creates && isCreation(word));
    }
    return hasThing ? blank(match) : match;
  });

/**
 * Blanks a clause that says no more than that the call itself was not done: `order not accepted`, `aucune facture envoyée`. The
 * object has to be that of the tool, and the verb the tool's own or one that no later step has.
 */
export const withoutUndone = (text: string, tool: string, blank: (match: string) => string): string => {
  const own = partsOf(tool);
  if (own.some((part) => conjunction.test(part))) return text;
  const later = new Set(laterDeeds(tool).map(stem));
  const isOfLater = (words: readonly string[]): boolean =>
    words.some((word) => later.has(stem(word))) || namesLaterThing(words, tool);
  return withoutFailure(withoutUndoneThing(text, own, blank), own, isOfLater, blank).replace(clause, (match) => {
    const words = partsOf(match.replaceAll('’', "'"));
    if (words.length < 2 || words.length > 8 || isOfLater(words)) return match;
    const isDenied = words.some((word) => negations.has(word));
    const isOfAny = words.some((word) => nothing.has(word) || anyObject.has(word));
    const isMade = words.map((word) => doneToAny.has(word) || isDone(word));
    // `Created order not accepted`: what is made before the denial is there.
    if (
      isMade.filter(Boolean).length > 1 ||
      (words.findIndex((word) => negations.has(word)) > isMade.indexOf(true) && isMade.includes(true))
    )
      return match;
    let hasObject = isOfAny;
    let hasVerb = false;
    for (const word of words) {
      if (negations.has(word) || between.has(word) || anyObject.has(word)) continue;
      const isKind = kinds.some((kind) => kind.test(word) && own.some((part) => kind.test(part)));
      const isObject = isKind || own.some((part) => part === word || isLike(word, part));
      const isVerb =
        isKind ||
        done.has(word) ||
        (isOfAny && doneToAny.has(word)) ||
        own.some((part) => part !== word && stem(part) === stem(word));
      if (!isObject && !isVerb) return match;
      hasObject ||= isObject;
      hasVerb ||= isVerb;
    }
    return isDenied && hasObject && hasVerb ? blank(match) : match;
  });
};

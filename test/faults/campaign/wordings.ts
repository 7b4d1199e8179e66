import type { Failure } from './failures.ts';
import type { Operation } from './operations.ts';

/** What a step reports when it fails. */
export interface Report extends Failure {
  /** Members of the thrown error, of the result's `structuredContent`, or of the data of a JSON-RPC error. */
  readonly members?: Readonly<Record<string, unknown>>;
  /** A second piece of the content; of a thrown error the message of its innermost cause. */
  readonly more?: string;
}

export interface Told {
  /** The step that took effect: the one before, or the failing one itself. */
  readonly done: Operation;
  /** The step that failed. */
  readonly failing: Operation;
  readonly steps: number;
  /** The number of the failing step, from 1. */
  readonly at: number;
  readonly failure: Failure;
  /** A number that the tool got from the step that took effect. */
  readonly id: number;
}

type Wording = (told: Told) => Report;

const capital = (text: string): string => text[0]?.toUpperCase() + text.slice(1);
const camel = ({ name }: Operation): string => name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

/** The failure with words around its text. */
const around =
  (words: (told: Told, text: string) => string): Wording =>
  (told) => ({ ...told.failure, text: words(told, told.failure.text) });

/** The failure as it is, and more in another place. */
const beside =
  (more: (told: Told) => Pick<Report, 'members' | 'more'>): Wording =>
  (told) => ({ ...told.failure, ...more(told) });

/** Names what was done before the failure. */
const doneBefore: readonly Wording[] = [
  around(
    ({ done, failing, id }, text) =>
      `${done.past} ${done.object} ${id} but ${failing.ing} ${failing.object} failed: ${text}`,
  ),
  around(({ done }, text) => `${capital(done.object)} ${done.past}. ${text}`),
  around(
    ({ done, failing }, text) => `${capital(done.object)} ${done.past}, ${failing.object} not ${failing.past}: ${text}`,
  ),
  around(({ done, id }, text) => `${done.object} ${id} ${done.past}\nerror: ${text}`),
  around(({ done }, text) => `✓ ${done.base} ${done.object}\n✗ ${text}`),
  around(({ done }, text) => `${done.name}: ok\n${text}`),
  around(
    ({ done, failing }, text) =>
      `after ${done.ing} the ${done.object}, ${failing.ing} the ${failing.object} failed with ${text}`,
  ),
  around(({ id }, text) => `#${id}: ${text}`),
  around(({ done, id }, text) => `Error: ${text.replace(/^Error: /, '')} [${done.object}=${id}]`),
];

/** Names it after the failure, which comes first. */
const doneAfter: readonly Wording[] = [
  around(({ done }, text) => `${text} (the ${done.object} was ${done.past})`),
  around(({ done, id }, text) => `${text}; ${done.object} ${id} was already ${done.past}`),
  around(({ done }, text) => `${text}\nNote: ${done.object} ${done.past} before the failure`),
  around(({ done }, text) => `${text} after ${done.ing} the ${done.object}`),
  around(({ done, id }, text) => `Connection refused: ${text} - ${done.object} id ${id}`),
  around(({ done }, text) => `${text}. The ${done.object} has been ${done.past}; do not ${done.base} it again.`),
];

/** Says only which step failed, or how far the tool came. */
const stepNamed: readonly Wording[] = [
  around(({ failing }, text) => `Failed to ${failing.base} ${failing.object}: ${text}`),
  around(({ failing }, text) => `Error while ${failing.ing} ${failing.object}: ${text}`),
  around(({ failing }, text) => `${failing.name}: ${text}`),
  around(({ failing }, text) => `${camel(failing)} failed: ${text}`),
  around(({ failing }, text) => `could not ${failing.base} the ${failing.object} (${text})`),
  around(({ failing }, text) => `${capital(failing.object)} not ${failing.past}: ${text}`),
  around(({ at, steps }, text) => `step ${at} of ${steps} failed: ${text}`),
  around(({ at, steps }, text) => `[${at}/${steps}] ${text}`),
  around(({ at }, text) => `Step ${at}: ${text}`),
  around(({ at, steps }, text) => `${at - 1}/${steps} done, then ${text}`),
  around((_, text) => `second request failed: ${text}`),
  around((_, text) => `partially completed: ${text}`),
  around(({ at, steps }, text) => `${steps - at + 1} of ${steps} operations failed: ${text}`),
];

/** The text is a plain failure, and another member or piece says what was done. */
const elsewhere: readonly Wording[] = [
  beside(({ done, id }) => ({ members: { [`${done.object.replace(/ /g, '_')}_id`]: id } })),
  beside(({ done }) => ({ members: { completed: [done.name] } })),
  beside(({ at }) => ({ members: { step: at } })),
  beside(({ failing }) => ({ members: { failedStep: failing.name } })),
  beside(({ done, id }) => ({ members: { result: { [done.object]: { id, status: done.past } } } })),
  beside(({ at }) => ({ members: { completedSteps: at - 1 } })),
  beside(() => ({ members: { partial: true } })),
  beside(({ done, id }) => ({ more: `${done.object} ${id} ${done.past}` })),
  beside(({ done }) => ({ more: `The ${done.object} was ${done.past}.` })),
];

/** In the languages of people who write tools. */
const languages: readonly Wording[] = [
  around(
    ({ id }, text) => `Bestellung ${id} wurde angelegt, aber die Bestätigung konnte nicht gesendet werden: ${text}`,
  ),
  around((_, text) => `Datensatz gespeichert. Fehler beim Versenden der E-Mail: ${text}`),
  around((_, text) => `Schritt 2 fehlgeschlagen: ${text}`),
  around(({ id }, text) => `Commande ${id} créée, mais l'envoi du reçu a échoué : ${text}`),
  around((_, text) => `Échec de l'envoi de la facture : ${text}`),
  around(({ id }, text) => `Pedido ${id} creado, pero no se pudo enviar el recibo: ${text}`),
  around((_, text) => `Error al enviar la notificación: ${text}`),
  around(({ id }, text) => `Ordine ${id} creato, ma l'invio della ricevuta non è riuscito: ${text}`),
  around(({ id }, text) => `Pedido ${id} criado, mas falhou ao enviar o recibo: ${text}`),
  around(({ id }, text) => `Bestelling ${id} aangemaakt, maar de bon kon niet worden verzonden: ${text}`),
  around(({ id }, text) => `Zamówienie ${id} utworzone, ale nie udało się wysłać potwierdzenia: ${text}`),
  around(({ id }, text) => `Order ${id} skapad, men kvittot kunde inte skickas: ${text}`),
  around(({ id }, text) => `Sipariş ${id} oluşturuldu ama makbuz gönderilemedi: ${text}`),
  around(({ id }, text) => `Заказ ${id} создан, но не удалось отправить чек: ${text}`),
  around((_, text) => `Не удалось отправить уведомление: ${text}`),
  around(({ id }, text) => `订单${id}已创建，但发送收据失败：${text}`),
  around((_, text) => `通知发送失败：${text}`),
  around(({ id }, text) => `注文${id}を作成しましたが、領収書の送信に失敗しました：${text}`),
  around(({ id }, text) => `주문 ${id}이(가) 생성되었지만 영수증을 보내지 못했습니다: ${text}`),
];

/** How a report tells that something may have taken effect, by the place of the words. */
export const wordings = {
  'before the failure': doneBefore,
  'after the failure': doneAfter,
  'the step that failed': stepNamed,
  'another member': elsewhere,
  'another language': languages,
} as const satisfies Readonly<Record<string, readonly Wording[]>>;

export type Place = keyof typeof wordings;
export const places = Object.keys(wordings) as Place[];

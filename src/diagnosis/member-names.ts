/** What members of error bodies are called in other languages, and for short. */
const translated: Readonly<Record<string, string>> = {
  err: 'error',
  ecode: 'code',
  erro: 'error',
  fehler: 'error',
  erreur: 'error',
  errore: 'error',
  fout: 'error',
  błąd: 'error',
  blad: 'error',
  hata: 'error',
  fel: 'error',
  ошибка: 'error',
  помилка: 'error',
  エラー: 'error',
  错误: 'error',
  錯誤: 'error',
  오류: 'error',
  mensagem: 'message',
  meldung: 'message',
  nachricht: 'message',
  fehlermeldung: 'message',
  mensaje: 'message',
  messaggio: 'message',
  bericht: 'message',
  melding: 'message',
  komunikat: 'message',
  wiadomość: 'message',
  mesaj: 'message',
  meddelande: 'message',
  сообщение: 'message',
  повідомлення: 'message',
  メッセージ: 'message',
  消息: 'message',
  信息: 'message',
  메시지: 'message',
  motivo: 'reason',
  grund: 'reason',
  raison: 'reason',
  причина: 'reason',
  detalhe: 'detail',
  detalle: 'detail',
  dettaglio: 'detail',
  détail: 'detail',
  código: 'code',
  codigo: 'code',
  codice: 'code',
  fehlercode: 'code',
  kod: 'code',
  код: 'code',
  コード: 'code',
  代码: 'code',
  코드: 'code',
  statut: 'status',
  estado: 'status',
  stato: 'status',
  статус: 'status',
  状态: 'status',
  상태: 'status',
};

/** Members in which clients and servers wrap a whole response. */
const envelope = /^(?:result|response|output|payload|reply|body|return|\w{1,40}(?:Response|Result))$/i;

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const maxMembers = 64;

/** A body with the names of its members in English, taken out of what only wraps it. Gives the body itself if it needs neither. */
export const plainBody = (body: object, depth = 0): object => {
  if (!isPlain(body)) return body;
  const entries = Object.entries(body);
  if (entries.length === 0 || entries.length > maxMembers) return body;
  const [only] = entries;
  if (entries.length === 1 && only !== undefined && depth < 2 && envelope.test(only[0]) && isPlain(only[1])) {
    return plainBody(only[1], depth + 1);
  }
  if (!entries.some(([name]) => translated[name.toLowerCase()] !== undefined)) return body;
  return Object.fromEntries(entries.map(([name, value]) => [translated[name.toLowerCase()] ?? name, value]));
};

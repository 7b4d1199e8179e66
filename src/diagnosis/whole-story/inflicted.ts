/** What a tool does can read like a failure: `the token was revoked`. */
const inflicted: readonly (readonly [tool: RegExp, words: RegExp])[] = [
  [/^(?:revoke|rescind|withdraw)$/, /revok|withdrawn|rescind|invalid|expir/i],
  [
    /^(?:disable|deactivate|suspend|lock|block|ban|freeze|unlock|enable)$/,
    /disabl|deactivat|suspend|lock|blacklist|forbid|inactive|denied/i,
  ],
  [/^(?:block|ban|blacklist|blocklist|forbid)$/, /refus|reject|denied/i],
  [
    /^(?:expire|invalidate|logout|logoff|signout|signoff|end|close|terminate|kill|disconnect|destroy|clear|flush|drop|stop|shutdown)$/,
    /expir|invalid|clos|terminat|disconnect|logged out|signed out|inactive|gone|lost|stale|no longer|missing|down\b|offline|unavailable/i,
  ],
  [
    /^(?:reset|change|rotate|renew|refresh|regenerate|reissue)$/,
    /reset|rotat|renew|refresh|regenerat|initial|current|chang|\bold\b|\bnew\b|previous|expir|revok|reauth/i,
  ],
  [/^(?:delete|remove|offboard|deprovision)$/, /(?:sessions?|tokens|keys|access) revoked|disabled|deactivated/i],
  [/^(?:reject|deny|refuse|decline)$/, /reject|denied|deny|refus|declin/i],
  [/^(?:limit|throttle|slow)$/, /limit|throttl|slow/i],
  [/^(?:abort|cancel)$/, /abort|cancel/i],
  [/^(?:break|fail|crash|test|simulate|inject)$/, /broken|fail|crash|simulat|inject/i],
];

/** What a refusal is called in other languages than English. */
const refusals =
  /abgelehnt|abgewiesen|zurückgewiesen|verweiger|lehnt|gesperrt|blockier|refus|rejet|rechaz|deneg|rehus|recus|rejeit|neg(?:ad|ou)|rifiut|respint|negat|bloque|bloqu|blocc|weiger|afgewezen|geblokkeerd|neka[dst]|avvis|vägra|afvis|nægt|nekt|odrzuc|odmow|odmów|zablok|odmít|zamít|відхил|відмов|заблок|отклон|отказ|отверг|evät|hylä|hylk|estet|torju|epäs|reddet|reddedil|kabul e[dt]|engellen|拒|却下|거부|거절|차단/iu;

/** What the end or the invalidity of a login, a key or a connection is called in other languages than English. */
const ends =
  /abgelauf|gültig|gesperrt|beendet|geschlossen|getrennt|abgemeldet|widerruf|caduc|expir|venci|v[aá]lid|périm|révoqu|ferm[ée]e|fermé|déconnect|scadut|scaduta|revoca|cerrad|cerró|encerrad|terminad|chius|verlopen|geldig|ingetrokken|gesloten|gått ut|löpt ut|giltig|utgång|avslut|stäng|återkall|udløb|utløp|gyldig|lukket|avsluttet|wygas|ważn|nieprawid|zakończ|zamknię|vyprše|platn|skonč|ukonč|закінч|минув|сплив|вичерп|заверш|простроч|дійсн|истек|истёк|законч|просроч|действит|отозван|закрыт|неверн|невірн|vanhen|päätty|eräänty|mitätö|virheell|suljet|doldu|dolmuş|sona er|kapand|kapat|geçersiz|切れ|失効|無効|無效|閉じ|終了|正しく|(?<!请)(?:未|尚未)?登录|过期|過期|失效|无效|超时|关闭|已断开|만료|유효하지|잘못|종료|ログインしていません|未ログイン|ログアウト|abmeld|nicht angemeldet|niet (?:ingelogd|aangemeld)|no ha iniciado|inloggad|logget ind|logget inn|zalogowan|přihlášen|kirjautunut|авторизован|anmeldung ist|autenticad|authentifié/iu;

/** Tools that refuse or shut out, and tools that end something or make it invalid. */
const refuses =
  /^(?:reject|deny|refuse|decline|block|ban|blacklist|blocklist|forbid|lock|disable|suspend|deactivate|sperren|ablehnen|verweigern|bloquear|bloquer|rechazar|refuser|rejeter|rifiutare|bloccare|weigeren|blokkeren|odrzuc|zablokuj|otklonit|zablokirovat)$/;
const finishes =
  /^(?:expire|revoke|rescind|withdraw|invalidate|logout|logoff|signout|signoff|disconnect|close|rotate|reset|renew|refresh|regenerate|reissue|change|disable|deactivate|suspend|ban|block|lock|terminate|end|kill|destroy|clear|flush|drop|stop|shutdown|abmelden|beenden|widerrufen|sperren|cerrar|revocar|caducar|fermer|revoquer|chiudere|revocare|encerrar|sluiten|intrekken|uitloggen|otozvat|zakryt)$/;

/** The verbs of a tool's name; `log_out` is one of them. */
const verbsOf = (parts: readonly string[]): readonly string[] => [
  ...parts,
  ...parts.slice(1).map((part, index) => (/^(?:out|off)$/.test(part) ? `${parts[index]}${part}` : '')),
];

/** Expressions for what reads like a failure and may be what the tool has done. */
export const inflictedBy = (parts: readonly string[]): readonly RegExp[] => {
  const verbs = verbsOf(parts);
  const has = (expression: RegExp): boolean => verbs.some((verb) => expression.test(verb));
  return [
    ...inflicted.filter(([verb]) => has(verb)).map(([, words]) => words),
    ...(has(refuses) ? [refusals] : []),
    ...(has(finishes) ? [ends] : []),
  ];
};

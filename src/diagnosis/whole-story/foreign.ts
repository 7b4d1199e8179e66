import { duration } from '../languages/units.ts';

const oneOf = (...phrases: readonly string[]): RegExp =>
  new RegExp(String.raw`(?<![\p{L}\p{N}_])(?:${phrases.join('|')})(?![\p{L}\p{N}_])`, 'giu');

/** `server returned`, `the server answered with`, in the languages of the diagnosis; a refused status follows. */
const serverSaid = [
  'der (?:server|dienst) (?:antwortete|hat) mit|(?:server|dienst) (?:meldet|meldete|antwortet mit|lieferte)|antwort(?: des servers)?',
  'le serveur a (?:répondu|renvoyé|retourné)(?: par| avec)?|el servidor (?:respondió|devolvió|ha devuelto|ha respondido)(?: con)?|o servidor (?:respondeu|retornou|devolveu)(?: com)?',
  'il server ha (?:risposto|restituito)(?: con)?|(?:de )?server (?:gaf|antwoordde met|retourneerde|meldt)|servern (?:svarade|returnerade)(?: med)?|serveren (?:svarede|svarte|returnerede|returnerte)(?: med)?',
  'palvelin (?:vastasi|palautti)|serwer (?:zwrócił|odpowiedział)|server (?:vrátil|odpověděl)|сервер (?:вернул|ответил)|сервер (?:повернув|відповів)|sunucu (?:yanıtı|cevabı)?',
].join('|');

const because =
  'causa|motivo|cause|raison|ursache|grund|oorzaak|reden|orsak|årsag|årsak|syy|przyczyna|powód|příčina|důvod|причина|neden';

/** What the reports of other languages put around a failure: the id of the request, what the server returned, whom to ask for a key. */
export const foreignFrames: readonly RegExp[] = [
  // Ids of requests.
  /(?<![\p{L}])(?:(?:anfrage|vorgangs|anforderungs|fehler|korrelations|verzoek|aanvraag|forespørgsels|forespørsels|förfrågnings)-?id|id (?:de (?:la )?)?(?:requête|demande|solicitud|petición|requisição|solicitação|erro|error|erreur)|id (?:della )?richiesta|id żądania|id zapytania|id požadavku|(?:идентификатор|id|ід) запроса|id запиту|istek (?:no|id)|pyynnön (?:id|tunnus)|リクエスト ?id|请求 ?id|請求 ?id|요청 ?id)(?: ?[:：#])? ?(?=[\w-]{0,40}\d)[\w-]{3,60}(?![\w])/giu,
  new RegExp(
    String.raw`(?<![\p{L}\p{N}_])(?:${serverSaid})(?: ?[:：])? ?(?:(?:status|http|code|kod|kód|kode|stav|estado|statut|stato|код|статус) ){0,3}4(?:01|29)(?!\d)`,
    'giu',
  ),
  new RegExp(
    String.raw`(?<![\p{L}\p{N}_])(?:${because})(?= ?[:：] ?\S)|原因(?= ?[:：] ?\S)|원인(?= ?[:：] ?\S)`,
    'giu',
  ),
  /(?:(?:認証|认证|인증) ?)?(?:エラー|错误|錯誤|오류) ?[(（]4(?:01|29)[)）]/gu,
  /(?:設定(?:画面|ページ)?から|もう一度|再度)?(?:再ログイン|ログインし直して|再認証)(?:して)?ください/gu,
  oneOf(
    'compruebe que el (?:servicio|servidor) está en marcha|(?:ejecute|use) «[^»\\n]{1,60}» e inténtelo de nuevo|reconnectez-vous puis (?:recommencez|réessayez|relancez la commande)',
    `(?:aguarde|espere) ${duration} antes de tentar (?:novamente|de novo)|meld u opnieuw aan om door te gaan|bitte mit „[^“\\n]{1,60}“ anmelden und erneut versuchen|in kurzer zeit`,
    'es konnte keine verbindung (?:zum server )?(?:hergestellt|aufgenommen) werden(?:, da der zielcomputer die verbindung verweigerte)?|(?:der )?zielcomputer (?:verweigerte|hat) die verbindung(?: verweigert)?',
  ),
  // Ask for a new key, check the login, wait and try again.
  oneOf(
    'vraag een nieuwe? (?:sleutel|token|api-sleutel) aan(?: bij (?:beheer|de beheerder|uw beheerder))?',
    '(?:bitte )?fordern sie einen? neue[ns]? (?:schlüssel|api-schlüssel|token|zugang) an',
    '(?:veuillez )?(?:demande[zr]|générer|générez) (?:une nouvelle clé|un nouveau jeton)(?: api)?',
    '(?:solicite|genere|pida|obtenga) (?:una nueva clave|un nuevo token)(?: de api)?|(?:solicite|gere|peça|obtenha) (?:uma nova chave|um novo token)(?: de api)?',
    '(?:richiedere|richieda|richiedi|generare) (?:una nuova chiave|un nuovo token)(?: api)?|begär en ny (?:nyckel|token)|poproś o nowy (?:klucz|token)|wygeneruj nowy (?:klucz|token)',
    'vyžádejte si nový (?:klíč|token)|(?:запросите|получите) новый (?:ключ|токен)|(?:запросіть|отримайте) новий (?:ключ|токен)|(?:bestil|be om|anmod om) (?:en )?ny (?:nøgle|nøkkel|token)|pyydä uusi (?:avain|tunnus)|yeni (?:bir )?(?:anahtar|token) (?:alın|isteyin)',
    '(?:bitte )?(?:prüfen|überprüfen) sie (?:ihre?n? |die |den )?(?:zugangsdaten|anmeldedaten|api-schlüssel|benutzernamen? und (?:das )?(?:passwort|kennwort))',
    '(?:veuillez )?vérifie[rz] (?:vos|les|votre) (?:identifiants|clé(?: api)?|mot de passe|jeton)|(?:verifique|compruebe|revise) (?:sus|las|su|la|el) (?:credenciales|clave(?: de api)?|contraseña|token)',
    '(?:verifique|confira) (?:suas |as |sua |a |o )?(?:credenciais|chave(?: de api)?|senha|token)|(?:verificare|verifichi|controllare|controlla) (?:(?:il |lo )?nome utente e (?:la )?password|le credenziali|la chiave|la password)',
    'controleer (?:uw |je |de )?(?:inloggegevens|gebruikersnaam en wachtwoord|api-sleutel|token)|sprawdź (?:dane logowania|login i hasło|klucz(?: api)?|token)|kontrollera (?:dina )?(?:inloggningsuppgifter|api-nyckel)',
    'zkontrolujte (?:přihlašovací údaje|jméno a heslo)|проверьте (?:учётные|учетные) данные|проверьте (?:логин и пароль|ключ|токен)|перевірте (?:облікові дані|логін і пароль)|tarkista (?:tunnukset|käyttäjätunnus ja salasana)|(?:kimlik bilgilerinizi|parolanızı) kontrol edin',
  ),
];

/** `Wait 15 seconds and try again`, as one sentence: its halves are advice too, but the word between them is none. */
export const waitAndTry = oneOf(
  `(?:bitte )?warten sie ${duration} und (?:versuchen|probieren) sie es (?:dann )?(?:erneut|noch einmal|wieder)`,
  `(?:veuillez )?(?:patienter|patientez|attendez|attendre) ${duration} (?:et|puis|avant de) (?:réessaye[rz])`,
  `(?:por favor,? )?(?:espere|espera|aguarde) ${duration} (?:y|e) (?:vuelva a intentarlo|inténtelo de nuevo|inténtalo de nuevo|reintente|intente de nuevo)`,
  `(?:por favor,? )?(?:aguarde|espere) ${duration} e tente (?:novamente|de novo|outra vez)`,
  `(?:attendere|attendi|attenda|aspetta|aspettare) ${duration} e (?:riprovare|riprova|riprovi|ritentare)`,
  `wacht ${duration} en probeer (?:het )?(?:dan )?(?:opnieuw|nogmaals)|vent ${duration} og prøv (?:igen|igjen|på nytt)|vänta ${duration} och försök igen`,
  `(?:poczekaj|odczekaj) ${duration} i (?:spróbuj ponownie|ponów próbę)|(?:počkejte|vyčkejte) ${duration} a (?:zkuste to znovu|opakujte akci|opakujte pokus)`,
  `подождите ${duration} и (?:повторите|попробуйте)(?: попытку| запрос)?(?: снова| ещё раз| еще раз)?|зачекайте ${duration} (?:і|та) (?:спробуйте|повторіть)(?: ще раз| знову)?`,
  `odota ${duration} ja yritä uudelleen`,
);

import type { Phrases } from './phrases.ts';

/** Polish, Czech, Ukrainian and Russian. */
export const slavic: Readonly<Record<string, Phrases>> = {
  pl: {
    host: 'z|ze|do|przez|na|serwerem|serwera|serwer|hostem|hosta|host',
    refused: [
      'połączenie @ (?:zostało )?(?:odrzucone|odmówione)',
      'odmowa połączenia @',
      '(?:serwer|host|usługa) @ (?:odrzucił|odmówił|odrzuciła)a? (?:połączenie|połączenia)',
      'odrzucono połączenie @',
    ],
    unknown: [
      'nieznan[ya] (?:host|nazwa hosta|serwer) @',
      'nie (?:znaleziono|można (?:znaleźć|rozwiązać|odnaleźć)|udało się (?:znaleźć|rozwiązać)) (?:nazwy )?(?:hosta|serwera) @',
      '(?:host|serwer) @ nie (?:został |istnieje)?znaleziony',
    ],
    unconnected: [
      'przekroczono (?:limit czasu|czas oczekiwania na|czas) (?:na )?(?:połączenia|połączenie|nawiązywania połączenia) @',
      'upłynął (?:limit czasu|czas) (?:połączenia|oczekiwania na połączenie) @',
      'limit czasu połączenia @ (?:został )?(?:przekroczony|upłynął)',
    ],
    login: [
      '(?:brak autoryzacji|nieautoryzowany(?: dostęp)?|nie (?:jesteś )?zalogowany|wymagane (?:logowanie|uwierzytelnienie))',
      '(?:twoja |państwa )?sesja (?:już )?wygasła',
      'token(?: dostępu)? (?:wygasł|stracił ważność|jest nieważny|jest nieprawidłowy)',
      '(?:nieprawidłow[aye]|niepoprawn[aye]|błędn[aye]|nieważny) (?:token(?: dostępu)?|hasło|dane logowania|nazwa użytkownika lub hasło|klucz API|login lub hasło)',
      '(?:uwierzytelnianie|logowanie) nie powiodło się',
      'błąd (?:uwierzytelniania|logowania|autoryzacji)(?= ?\\(401|:|$)',
    ],
    limit: [
      'zbyt (?:wiele|dużo) (?:żądań|zapytań|prób|wywołań)',
      'przekroczono limit (?:żądań|zapytań|wywołań)',
      'limit (?:żądań|zapytań|wywołań) (?:został )?(?:przekroczony|wyczerpany)',
    ],
    down: ['(?:usługa|serwer) (?:jest )?(?:chwilowo |tymczasowo )?(?:niedostępn[ya]|nieosiągaln[ya])'],
    advice: [
      '(?:proszę )?(?:zalogować się|zaloguj się) ponownie',
      '(?:proszę )?(?:spróbuj|spróbować|spróbujcie) ponownie(?: za #| później)?',
      '(?:poczekaj|odczekaj|zaczekaj|proszę czekać) #',
      'ponów (?:próbę )?za #',
    ],
    error: ['Błąd'],
  },
  cs: {
    host: 's|se|k|ke|na|od|serverem|serveru|server|hostitelem|hostiteli|hostitele',
    refused: [
      '(?:spojení|připojení) @ (?:bylo )?(?:odmítnuto|zamítnuto)',
      '(?:server|hostitel|služba) @ (?:odmítl|odmítla|odmítá) (?:spojení|připojení)',
    ],
    unknown: [
      'neznámý (?:hostitel|server|název hostitele) @',
      '(?:hostitel|server|hostitele|název hostitele|jméno hostitele) @ (?:nebyl nalezen|nenalezen|nelze (?:přeložit|najít)|neexistuje)',
      'nelze (?:přeložit|najít|rozpoznat) (?:název |jméno )?(?:hostitele|server|serveru) @',
      'nepodařilo se (?:přeložit|najít) (?:název |jméno )?(?:hostitele|server) @',
    ],
    unconnected: [
      'vypršel časový limit (?:připojení|spojení|pro připojení) @',
      'časový limit (?:připojení|spojení) @ (?:vypršel|byl překročen)',
      'připojení @ vypršelo',
    ],
    login: [
      '(?:neautorizováno|neautorizovaný přístup|neautorizovaný|nejste přihlášeni?|přihlášení je vyžadováno)',
      '(?:vaše )?(?:relace|přihlášení) (?:již )?vyprše(?:la|lo)',
      '(?:přístupový )?token (?:již )?(?:vypršel|je neplatný|expiroval)',
      'platnost (?:přístupového )?(?:tokenu|relace|přihlášení) (?:již )?(?:vypršela|skončila)',
      '(?:neplatný|neplatné|nesprávné|špatné|chybné) (?:přístupový )?(?:token|heslo|přihlašovací údaje|jméno nebo heslo|uživatelské jméno nebo heslo|klíč API)',
      '(?:ověření|přihlášení|autentizace) (?:se nezdařilo|selhal[oa])',
    ],
    limit: [
      'příliš mnoho (?:požadavků|dotazů|volání)',
      '(?:byl )?překročen limit (?:počtu )?(?:požadavků|dotazů|volání)',
      'limit (?:počtu )?(?:požadavků|dotazů|volání) (?:byl )?překročen',
    ],
    down: ['(?:služba|server) (?:je )?(?:dočasně |momentálně )?(?:nedostupn[ýá]|není dostupn[ýá])'],
    advice: [
      '(?:prosím )?přihlaste se (?:prosím )?(?:znovu|opět)',
      '(?:prosím )?zkuste to (?:prosím )?znovu(?: za #| později)?',
      'opakujte (?:pokus |akci )?za #',
      '(?:počkejte|vyčkejte) #',
    ],
    error: ['Chyba'],
  },
  uk: {
    host: 'з|із|до|до сервера|на|від|сервером|сервера|сервер|хостом|хоста|хост|вузлом|вузла',
    refused: [
      "(?:у з['’ʼ]єднанні|у підключенні) @ (?:було )?відмовлено",
      "(?:з['’ʼ]єднання|підключення) @ (?:було )?відхилено",
      "(?:сервер|хост|сервіс) @ (?:відхилив|відмовив у) (?:з['’ʼ]єднання|підключення|з['’ʼ]єднанні)",
    ],
    unknown: [
      "невідом(?:ий|е) (?:хост|вузол|сервер|ім['’ʼ]я хоста) @",
      "не вдалося (?:розв['’ʼ]язати|знайти|визначити) (?:ім['’ʼ]я )?(?:хоста?|вузла?|сервера?) @",
      '(?:хост|вузол|сервер) @ не знайдено',
    ],
    unconnected: [
      "час очікування (?:з['’ʼ]єднання|підключення) @ (?:минув|вичерпано|вийшов|перевищено)",
      "перевищено час очікування (?:з['’ʼ]єднання|підключення) @",
      "тайм-?аут (?:з['’ʼ]єднання|підключення) @",
    ],
    login: [
      'не ?авторизован(?:о|ий|ий доступ)',
      '(?:потрібна|необхідна) (?:авторизація|автентифікація)',
      '(?:термін|строк) дії (?:сеансу|сесії|токена|токену|ключа)(?: доступу)? (?:закінчився|минув|вичерпано|сплив)',
      '(?:сеанс|сесія|токен)(?: доступу)? (?:закінчився|закінчилася|завершено|прострочено|прострочений|недійсний)',
      '(?:недійсний|неправильний|невірний|невірні|неправильні) (?:токен(?: доступу)?|пароль|логін або пароль|облікові дані|ключ API)',
      '(?:помилка (?:автентифікації|авторизації)|автентифікація не вдалася)',
    ],
    limit: [
      '(?:забагато|занадто багато) (?:запитів|викликів|спроб)',
      'перевищено (?:ліміт|обмеження|кількість) (?:кількості )?(?:запитів|викликів)',
      'ліміт (?:запитів|викликів) (?:перевищено|вичерпано)',
    ],
    down: ['(?:сервіс|служба|сервер) (?:тимчасово )?недоступн(?:ий|а)'],
    advice: [
      '(?:будь ласка,? )?(?:увійдіть|авторизуйтеся|авторизуйтесь) (?:знову|ще раз|повторно)',
      '(?:будь ласка,? )?(?:спробуйте|повторіть)(?: спробу)?(?: ще раз| знову| пізніше)?(?: через #| пізніше)?',
      '(?:зачекайте|почекайте) #',
    ],
    error: ['Помилка'],
  },
  ru: {
    host: 'с|со|к|на|от|до|сервером|серверу|сервера|сервер|узлом|узлу|узла|хостом|хосту|хоста|хост',
    refused: [
      '(?:в соединении|в подключении) @ (?:было )?отказано',
      '(?:соединение|подключение) @ (?:было )?(?:отклонено|отвергнуто)',
      '(?:сервер|узел|хост|сервис) @ (?:отклонил|отверг|отказал в) (?:соединение|подключение|соединении|подключении)',
    ],
    unknown: [
      'неизвестн(?:ый|ое) (?:хост|узел|сервер|имя хоста|имя узла) @',
      'не удалось (?:разрешить|найти|определить) (?:имя |системное имя )?(?:хоста?|узла?|узел|сервера?) @',
      'не уда[её]тся разрешить (?:имя |системное имя )?(?:хоста?|узла?) @',
      '(?:хост|узел|сервер) @ не найден',
    ],
    unconnected: [
      '(?:истекло|превышено) время ожидания (?:подключения|соединения|при подключении) @',
      'время ожидания (?:подключения|соединения) @ (?:истекло|превышено|вышло)',
      'тайм-?аут (?:подключения|соединения|при подключении) @',
    ],
    login: [
      'не ?авторизован(?:о|ный доступ|)',
      '(?:требуется|необходима) (?:авторизация|аутентификация)',
      'срок действия (?:сессии|сеанса|токена|ключа)(?: доступа)? (?:ист[её]к|закончился)',
      '(?:сессия|сеанс|токен)(?: доступа)? (?:истекла|ист[её]к|просрочен|недействителен|недействительна|завершена)',
      '(?:недействительный|неверный|неправильный|неверные|неправильные|неверное) (?:токен(?: доступа)?|пароль|логин или пароль|имя пользователя или пароль|учетные данные|учётные данные|ключ API)',
      '(?:ошибка (?:аутентификации|авторизации)|аутентификация не (?:удалась|пройдена))',
    ],
    limit: [
      'слишком (?:много|частые) (?:запросов|обращений|попыток|запросы)',
      'превышен(?:о|) (?:лимит|предел|ограничение|число|количество) (?:количества |числа |частоты )?(?:запросов|обращений)',
      'лимит (?:запросов|обращений) (?:превышен|исчерпан)',
    ],
    down: ['(?:сервис|служба|сервер) (?:временно )?недоступ(?:ен|на)'],
    advice: [
      '(?:пожалуйста,? )?(?:войдите|авторизуйтесь)(?: в систему)? (?:снова|ещ[её] раз|заново|повторно)',
      '(?:пожалуйста,? )?(?:попробуйте|повторите)(?: попытку| запрос)?(?: снова| ещ[её] раз| позже| позднее)?(?: через #| позже)?',
      '(?:подождите|обождите) #',
    ],
    error: ['Ошибка', 'Сбой'],
  },
};

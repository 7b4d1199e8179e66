import type { Phrases } from './phrases.ts';

/** German, Dutch, Swedish, Danish and Norwegian. */
export const germanic: Readonly<Record<string, Phrases>> = {
  de: {
    host: 'mit|mit dem|zu|zum|zur|an|auf|durch|vom|von|beim|bei|über|server|rechner|host|dienst|dem|der|den',
    refused: [
      'Verbindung @ (?:wurde |ist )?(?:abgelehnt|verweigert|abgewiesen|zurückgewiesen)',
      'Verbindungsaufbau @ (?:wurde )?(?:abgelehnt|verweigert|abgewiesen)',
      '(?:Server|Host|Rechner|Dienst|Gegenstelle) @ (?:hat |verweigert |verweigerte |lehnt |lehnte )(?:die |den )?Verbindung(?:saufbau)?(?: ab| abgelehnt| verweigert)?',
    ],
    unknown: [
      'unbekannter (?:Host|Hostname|Rechner|Server) @',
      '(?:Host|Hostname|Rechnername|Servername|Rechner|Server) @ (?:ist )?(?:unbekannt|nicht bekannt|nicht gefunden|konnte nicht (?:aufgelöst|gefunden) werden|kann nicht aufgelöst werden)',
      'Namensauflösung @ fehlgeschlagen',
    ],
    unconnected: [
      'Zeitüberschreitung (?:beim|bei der|bei dem) (?:Verbindungsaufbau|Verbinden|Verbindung) @',
      '(?:Verbindung|Verbindungsaufbau) @ (?:hat )?(?:das )?Zeitlimit (?:überschritten|erreicht)',
      'Verbindungszeitüberschreitung @',
    ],
    login: [
      '(?:nicht|un)(?: )?(?:autorisiert|authentifiziert|angemeldet|berechtigt angemeldet)(?: am server)?',
      '(?:Ihre |Die |Deine )?(?:Sitzung|Anmeldung) ist (?:abgelaufen|ungültig|nicht mehr gültig)',
      '(?:Das |Ihr )?(?:Zugriffstoken|Zugangstoken|Token|Zugriffsschlüssel) (?:ist )?(?:abgelaufen|ungültig|nicht (?:mehr )?gültig)',
      '(?:Anmeldung|Authentifizierung|Login) (?:ist )?(?:fehlgeschlagen|erforderlich|gescheitert)',
      '(?:falscher|falsches|falsche|ungültige|ungültiges|ungültiger) (?:Benutzername oder Passwort|Zugangsdaten|Anmeldedaten|Passwort|Kennwort|API-Schlüssel|Token|Zugriffstoken)',
    ],
    limit: [
      'zu viele (?:Anfragen|Aufrufe|Zugriffe|Anforderungen)',
      '(?:Anfragelimit|Ratenlimit|Aufruflimit|Abfragelimit|Limit für Anfragen|Anfragegrenze) (?:wurde |ist )?(?:überschritten|erreicht)',
      '(?:Anfragelimit|Ratenlimit|Aufruflimit) von \\d{1,6}(?: (?:Anfragen|Aufrufen|Zugriffen))?(?: ?(?:pro|/|je) ?(?:Sekunde|Minute|Stunde|Tag))? (?:wurde |ist )?(?:überschritten|erreicht)',
    ],
    down: [
      '(?:Dienst|Server|Service) (?:ist )?(?:derzeit |momentan |vorübergehend |zurzeit )?(?:nicht verfügbar|nicht erreichbar)',
    ],
    advice: [
      'bitte (?:später |in # )?(?:erneut|noch einmal|nochmals) (?:versuchen|anmelden|probieren)',
      'bitte (?:melden Sie sich|melde dich) (?:erneut |neu |wieder )?an',
      '(?:bitte )?versuchen Sie es (?:in # |später )?(?:erneut|noch einmal|wieder)(?: in #)?',
      '(?:bitte )?(?:warten Sie )?# warten',
      'bitte warten Sie #',
      'in # (?:erneut|wieder) versuchen',
      'Wiederholung in #',
    ],
    error: ['Fehler', 'Schwerwiegender Fehler'],
  },
  nl: {
    host: 'met|met de|naar|van|door|op|bij|de|server|host|dienst',
    refused: [
      'verbinding @ (?:is |werd |wordt )?(?:geweigerd|afgewezen)',
      '(?:server|host|dienst) (?:heeft |weigert |weigerde )de verbinding(?: geweigerd)?',
    ],
    unknown: [
      'onbekende host(?:naam)? @',
      '(?:host|hostnaam|servernaam|server) @ (?:is )?(?:niet gevonden|onbekend|kon niet worden (?:gevonden|opgelost)|kan niet worden (?:gevonden|opgelost))',
    ],
    unconnected: [
      'time-?out bij (?:het )?(?:verbinden|maken van verbinding|opzetten van (?:de )?verbinding) @',
      'verbinding @ (?:is )?verlopen',
      'tijdslimiet voor (?:de )?verbinding @ overschreden',
      'verbindingstime-?out @',
    ],
    login: [
      'niet (?:gemachtigd|geautoriseerd|geauthenticeerd|ingelogd|aangemeld)',
      '(?:uw |je |de )?(?:sessie|aanmelding) (?:is )?(?:verlopen|ongeldig)',
      '(?:het |uw |je )?(?:toegangstoken|token) (?:is )?(?:verlopen|ongeldig)(?: of verlopen)?',
      '(?:aanmelding|authenticatie|verificatie|aanmelden|inloggen) (?:is )?(?:mislukt|vereist)',
      '(?:ongeldige?|onjuiste?) (?:toegangstoken|token|inloggegevens|aanmeldgegevens|gebruikersnaam of wachtwoord|wachtwoord|API-sleutel)',
    ],
    limit: [
      'te veel (?:verzoeken|aanvragen|aanroepen)',
      '(?:snelheidslimiet|verzoeklimiet|aanvraaglimiet|limiet (?:van|voor) (?:het aantal )?(?:verzoeken|aanvragen)|API-limiet) (?:is )?(?:overschreden|bereikt)',
    ],
    down: ['(?:dienst|service|server) (?:is )?(?:tijdelijk |momenteel )?(?:niet beschikbaar|onbereikbaar)'],
    advice: [
      '(?:log|meld u|meld je) (?:a\\.u\\.b\\. )?(?:opnieuw|weer) (?:in|aan)',
      'probeer (?:het )?(?:over # |later )?opnieuw(?: over #)?',
      'wacht #',
      'opnieuw proberen over #',
    ],
    error: ['Fout'],
  },
  sv: {
    host: 'till|mot|av|vid|med|från|servern|värden|tjänsten',
    refused: [
      'anslutningen @ (?:nekades|avvisades|vägrades|har nekats|blev nekad)',
      'anslutning @ (?:nekad|nekades|avvisad|vägrad)',
      '(?:servern|värden|tjänsten) (?:nekade|avvisade|vägrade) anslutningen',
    ],
    unknown: [
      'okänd värd(?:dator)? @',
      'okänt värdnamn @',
      '(?:värden|värdnamnet|servern) @ (?:hittades inte|kunde inte (?:hittas|slås upp|lösas)|är okän[dt])',
      'kunde inte (?:slå upp|hitta) (?:värden|värdnamnet|servern) @',
    ],
    unconnected: [
      '(?:tidsgränsen|timeout) (?:för|vid) anslutning(?:en)? @ (?:överskreds|har överskridits|löpte ut)',
      'anslutningen @ (?:tog för lång tid|gjorde timeout|fick timeout)',
      '(?:tidsgräns|timeout) vid anslutning @',
    ],
    login: [
      '(?:ej|inte) (?:behörig|auktoriserad|autentiserad|inloggad)',
      'obehörig(?: åtkomst)?',
      '(?:din |er )?(?:session|sessionen|inloggning|inloggningen) (?:har |är )(?:gått ut|löpt ut|ogiltig)',
      '(?:åtkomsttoken|åtkomsttokenen|token|tokenen|nyckeln) (?:har |är )?(?:gått ut|löpt ut|ogiltig|utgången)',
      '(?:ogiltig|ogiltigt|felaktig|felaktiga|fel) (?:åtkomsttoken|token|inloggningsuppgifter|användarnamn eller lösenord|lösenord|API-nyckel)',
      '(?:inloggningen|autentiseringen|inloggning|autentisering) (?:misslyckades|krävs)',
    ],
    limit: [
      'för många (?:förfrågningar|anrop|begäranden)',
      '(?:anropsgränsen|gränsen för (?:antal(?:et)? )?(?:anrop|förfrågningar)|hastighetsgränsen) (?:har |är )?(?:överskridits|överskriden|nådd|nåtts|överskreds)',
    ],
    down: [
      '(?:tjänsten|servern) (?:är )?(?:för närvarande |tillfälligt )?(?:inte tillgänglig|otillgänglig|inte nåbar)',
    ],
    advice: [
      'vänta #(?: och försök igen)?',
      '(?:vänligen )?(?:logga in|försök)(?: gärna)? (?:igen|på nytt)(?: om #| senare)?',
    ],
    error: ['Fel'],
  },
  da: {
    host: 'til|mod|af|ved|med|fra|serveren|værten|tjenesten',
    refused: [
      'forbindelsen @ (?:blev |er )?(?:afvist|nægtet)',
      'forbindelse @ (?:afvist|nægtet)',
      '(?:serveren|værten|tjenesten) (?:afviste|nægtede) forbindelsen',
    ],
    unknown: [
      'ukendt (?:vært|værtsnavn|host) @',
      '(?:værten|værtsnavnet|serveren) @ (?:blev ikke fundet|kunne ikke (?:findes|slås op)|er ukendt)',
      'kunne ikke (?:finde|slå) (?:værten|værtsnavnet|serveren) @(?: op)?',
    ],
    unconnected: [
      '(?:timeout|tidsudløb) (?:under|ved|for) (?:oprettelse af )?forbindelse(?:n)? @',
      'forbindelsen @ (?:fik timeout|udløb|tog for lang tid)',
      'tidsfristen for forbindelsen @ (?:er |blev )?(?:overskredet|udløbet)',
    ],
    login: [
      'ikke (?:autoriseret|godkendt|logget ind)',
      'uautoriseret(?: adgang)?',
      '(?:din |jeres )?(?:session|sessionen|login) (?:er |blev )?(?:udløbet|udløb|ugyldig)',
      '(?:adgangstoken|adgangstokenet|token|tokenet|nøglen) (?:er )?(?:udløbet|ugyldigt?)',
      '(?:ugyldigt|ugyldig|ugyldige|forkert|forkerte) (?:adgangstoken|token|login|loginoplysninger|legitimationsoplysninger|brugernavn eller adgangskode|adgangskode|API-nøgle)',
      '(?:login|godkendelse|godkendelsen) (?:mislykkedes|er påkrævet|kræves)',
    ],
    limit: [
      'for mange (?:anmodninger|forespørgsler|kald)',
      '(?:grænsen for (?:antal(?:let af)? )?(?:kald|anmodninger|forespørgsler)|hastighedsgrænsen|kaldgrænsen) (?:er |blev )?(?:overskredet|nået)',
    ],
    down: ['(?:tjenesten|serveren) (?:er )?(?:i øjeblikket |midlertidigt )?(?:ikke tilgængelig|utilgængelig)'],
    advice: ['(?:venligst )?log(?: venligst)? (?:ind|på) igen', 'prøv igen(?: om #| senere)?', 'vent #'],
    error: ['Fejl'],
  },
  no: {
    host: 'til|mot|av|ved|med|fra|serveren|verten|tjenesten',
    refused: [
      '(?:tilkoblingen|forbindelsen) @ (?:ble |er )?(?:avvist|nektet)',
      '(?:tilkobling|forbindelse) @ (?:avvist|nektet)',
      '(?:serveren|verten|tjenesten) (?:avviste|nektet) (?:tilkoblingen|forbindelsen)',
    ],
    unknown: [
      'ukjent (?:vert|vertsnavn) @',
      '(?:verten|vertsnavnet|serveren) @ (?:ble ikke funnet|kunne ikke (?:finnes|slås opp)|finnes ikke|er ukjent)',
      'kunne ikke (?:finne|slå opp) (?:verten|vertsnavnet|serveren) @',
    ],
    unconnected: [
      '(?:tidsavbrudd|timeout) (?:ved|under|for) (?:tilkobling|tilkoblingen|oppkobling) @',
      '(?:tilkoblingen|forbindelsen) @ (?:fikk tidsavbrudd|ble tidsavbrutt|tok for lang tid)',
    ],
    login: [
      'ikke (?:autorisert|autentisert|logget inn|godkjent)',
      'uautorisert(?: tilgang)?',
      '(?:økten|økten din|sesjonen|sesjonen din|innloggingen) (?:er |har )?(?:utløpt|gått ut|ugyldig)',
      '(?:tilgangstoken|tilgangstokenet|token|tokenet|nøkkelen) (?:er |har )?(?:utløpt|gått ut|ugyldig)',
      '(?:ugyldig|ugyldige|feil) (?:tilgangstoken|token|innlogging|innloggingsinformasjon|brukernavn eller passord|passord|API-nøkkel)',
      '(?:innlogging|innloggingen|autentisering|autentiseringen) (?:mislyktes|feilet|kreves|er påkrevd)',
    ],
    limit: [
      'for mange (?:forespørsler|kall|anrop)',
      '(?:grensen for (?:antall )?(?:kall|forespørsler)|hastighetsgrensen|kallgrensen) (?:er |ble )?(?:overskredet|nådd)',
    ],
    down: ['(?:tjenesten|serveren) (?:er )?(?:for øyeblikket |midlertidig )?(?:ikke tilgjengelig|utilgjengelig)'],
    advice: [
      '(?:vennligst )?logg (?:deg )?(?:inn|på) (?:på nytt|igjen)',
      'prøv (?:igjen|på nytt)(?: om #| senere)?',
      'vent #',
    ],
    error: ['Feil'],
  },
};

import type { Phrases } from './phrases.ts';

/** French, Spanish, Portuguese and Italian. */
export const romance: Readonly<Record<string, Phrases>> = {
  fr: {
    host: "à|au|avec|vers|par|l'hôte|le serveur|de|du|à l'hôte|au serveur|serveur|hôte|sur",
    refused: [
      'connexion @ (?:a été |est )?(?:refusée|rejetée)',
      "(?:le serveur|l['’]hôte|le service) @ (?:a refusé|refuse|a rejeté) la connexion",
    ],
    unknown: [
      'h(?:ô|o)te @ (?:inconnu|introuvable)',
      "nom d['’]h(?:ô|o)te @ (?:inconnu|introuvable|non résolu)",
      "impossible de (?:résoudre|trouver) (?:le nom d['’]hôte|l['’]hôte|le serveur|le nom) @",
      "(?:l['’]hôte|le serveur) @ est introuvable",
    ],
    unconnected: [
      "délai (?:d['’]attente )?(?:de connexion )?(?:dépassé|expiré|écoulé) (?:lors de|pendant|pour) (?:la|l['’]établissement de la) connexion @",
      'délai de connexion @ (?:a été )?(?:dépassé|expiré|écoulé)',
      'la connexion @ a expiré',
    ],
    login: [
      '(?:accès )?non (?:autorisée?|authentifiée?|connectée?)(?= ?(?:\\(401\\)|:))',
      'non authentifiée?',
      '(?:votre |la )?session (?:a |est )?expirée?',
      "(?:le |votre )?(?:jeton|token)(?: d['’]accès| d['’]authentification)? (?:est |a )?(?:expiré|périmé|invalide|non valide)(?: ou expiré)?",
      "(?:identifiants?|mot de passe|nom d['’]utilisateur ou mot de passe|clé (?:d['’])?API) (?:est |sont )?(?:incorrecte?s?|invalides?|erronée?s?)",
      "(?:échec de l['’](?:authentification|identification)|authentification (?:requise|échouée)|échec de connexion de l['’]utilisateur)",
    ],
    limit: [
      'trop de (?:requêtes|demandes|appels)',
      "(?:la )?limite (?:de |du nombre de |d['’])(?:requêtes|débit|demandes|appels) (?:est |a été )?(?:dépassée?|atteinte?)",
      'quota de (?:requêtes|demandes|appels) (?:dépassé|atteint)',
    ],
    down: ['(?:service|serveur) (?:est )?(?:temporairement |momentanément )?(?:indisponible|injoignable)'],
    advice: [
      '(?:veuillez )?(?:vous )?(?:reconnecte(?:r|z)(?:-vous)?|ré-?authentifie(?:r|z)(?:-vous)?|identifie(?:r|z)(?:-vous)?|connecte(?:r|z)(?:-vous)?)(?: de nouveau| à nouveau)?',
      '(?:veuillez )?(?:réessaye[rz]|réessayez)(?: plus tard| dans #| ultérieurement)?',
      '(?:veuillez )?(?:patienter|patientez|attendre|attendez) #',
    ],
    error: ['Erreur', 'Erreur fatale'],
  },
  es: {
    host: 'a|al|con|con el|en|por|por el|del|de|hacia|servidor|host|el servidor|el host|el equipo',
    refused: [
      'conexión @ (?:fue |ha sido |es )?(?:rechazada|denegada|rehusada)',
      '(?:el servidor|el host|el servicio|el equipo) @ (?:rechazó|ha rechazado|denegó|rehusó) la conexión',
    ],
    unknown: [
      '(?:host|servidor|equipo|anfitrión) @ (?:desconocido|no encontrado)',
      'no se (?:encontró|encuentra|pudo (?:resolver|encontrar)|puede resolver) (?:el |al )?(?:nombre del |nombre de )?(?:host|servidor|equipo|anfitrión) @',
      'nombre de (?:host|servidor) @ (?:desconocido|no encontrado)',
    ],
    unconnected: [
      'tiempo de espera (?:agotado|excedido|superado)? ?(?:al|para) (?:conectar(?:se)?|establecer (?:la )?conexión) @',
      'se (?:agotó|ha agotado|superó|excedió) el tiempo de espera al (?:conectar(?:se)?|establecer (?:la )?conexión) @',
      'tiempo de conexión @ (?:agotado|excedido)',
    ],
    login: [
      'no (?:autorizado|autenticado|ha iniciado sesión)(?= ?[(:.]|$)',
      '(?:su |tu |la )?sesión (?:ha |está |se ha )?(?:caducado|expirado|caducada|expirada|caducó|expiró|vencida|vencido)',
      '(?:el |su )?token(?: de acceso)? (?:ha |está |es )?(?:caducado|expirado|caducó|expiró|vencido|inválido|no es válido)',
      '(?:credenciales|contraseña|usuario o contraseña|clave (?:de )?API|token(?: de acceso)?) (?:son |es )?(?:inválid[oa]s?|incorrect[oa]s?|no válid[oa]s?)',
      '(?:falló la autenticación|error de autenticación|autenticación (?:fallida|requerida)|fallo de autenticación)',
    ],
    limit: [
      'demasiad[oa]s (?:solicitudes|peticiones|llamadas|consultas)',
      'límite (?:de|del número de) (?:peticiones|solicitudes|llamadas|tasa|velocidad) (?:fue |ha sido |se ha )?(?:superado|excedido|alcanzado)',
      '(?:se ha |ha )?(?:superado|excedido|alcanzado) el límite de (?:peticiones|solicitudes|llamadas)',
    ],
    down: ['(?:servicio|servidor) (?:no (?:está )?disponible|temporalmente no disponible|inaccesible)'],
    advice: [
      '(?:vuelva|vuelve) a (?:iniciar sesión|intentarlo|conectarse|autenticarse)(?: en #| más tarde)?',
      '(?:inicie|inicia) sesión (?:de nuevo|nuevamente|otra vez)',
      '(?:por favor,? )?(?:inténte?lo|inténtalo|intente|reintente|pruebe) ?(?:de nuevo|nuevamente|otra vez)?(?: en #| dentro de #| más tarde)?',
      '(?:por favor,? )?(?:espere|espera) #',
      'reintente (?:en|dentro de) #',
    ],
    error: ['Error', 'Fallo'],
  },
  pt: {
    host: 'a|à|ao|com|com o|em|por|pelo|do|de|servidor|host|o servidor|o host|o anfitrião',
    refused: [
      '(?:conexão|ligação) @ (?:foi )?(?:recusada|rejeitada|negada)',
      '(?:o servidor|o host|o serviço) @ (?:recusou|rejeitou|negou) a (?:conexão|ligação)',
    ],
    unknown: [
      '(?:host|servidor|anfitrião) @ (?:desconhecido|não encontrado)',
      'não foi possível (?:resolver|encontrar) (?:o )?(?:nome do |nome de )?(?:host|servidor|anfitrião) @',
      'nome (?:do|de) (?:host|servidor) @ (?:desconhecido|não encontrado)',
    ],
    unconnected: [
      'tempo (?:limite |de espera )?(?:esgotado|excedido) (?:ao|para) (?:conectar(?:-se)?|ligar(?:-se)?|estabelecer (?:a )?(?:conexão|ligação)) @',
      'tempo limite (?:de|da) (?:conexão|ligação) @ (?:esgotado|excedido)',
      '(?:conexão|ligação) @ expirou',
    ],
    login: [
      '(?:acesso )?não autorizado(?= ?\\(401\\)| ?:)',
      'não autenticado',
      '(?:a |sua |a sua )?sessão (?:expirou|expirada|caducou|foi expirada|está expirada)',
      '(?:o |seu )?token(?: de acesso)? (?:expirou|expirado|está expirado|é inválido|inválido|caducou)',
      '(?:credenciais|senha|palavra-passe|utilizador ou palavra-passe|usuário ou senha|chave (?:de |da )?API) (?:são |é |está )?(?:inválid[oa]s?|incorret[oa]s?)',
      '(?:falha (?:na|de) autenticação|autenticação (?:falhou|necessária|obrigatória))',
    ],
    limit: [
      '(?:muit[oa]s|demasiad[oa]s) (?:requisições|solicitações|pedidos|chamadas)',
      'limite (?:de|do número de) (?:requisições|solicitações|pedidos|chamadas|taxa) (?:foi )?(?:excedido|atingido|ultrapassado)',
      'excesso de (?:requisições|solicitações|pedidos)',
    ],
    down: ['(?:serviço|servidor) (?:está )?(?:temporariamente )?(?:indisponível|inacessível)'],
    advice: [
      '(?:faça|efetue|inicie) (?:o )?(?:login|sessão) (?:novamente|de novo|outra vez)',
      '(?:por favor,? )?tente (?:novamente|de novo|outra vez|mais tarde)(?: em #| dentro de #| mais tarde)?',
      '(?:por favor,? )?aguarde #(?: e tente (?:novamente|de novo))?',
    ],
    error: ['Erro', 'Falha'],
  },
  it: {
    host: "a|al|con|con il|da|dal|del|di|verso|server|host|il server|l'host|all'host",
    refused: [
      'connessione @ (?:è stata )?(?:rifiutata|respinta|negata)',
      "(?:il server|l['’]host|il servizio) @ (?:ha rifiutato|rifiuta|ha respinto) la connessione",
    ],
    unknown: [
      '(?:host|server) @ (?:sconosciuto|non trovato)',
      "impossibile (?:risolvere|trovare) (?:il nome host|il nome dell['’]host|l['’]host|il server|il nome) @",
      "nome (?:host|dell['’]host|del server) @ (?:sconosciuto|non trovato)",
    ],
    unconnected: [
      'tempo (?:di attesa )?(?:scaduto|esaurito) (?:durante|per) la connessione @',
      'timeout (?:durante la|di|della) connessione @',
      'connessione @ scaduta',
    ],
    login: [
      'non (?:autorizzat[oa]|autenticat[oa])(?= ?[(:.]|$)',
      '(?:la |la tua |la sua )?sessione (?:è )?scaduta',
      '(?:il )?token(?: di accesso)? (?:è )?(?:scaduto|non (?:è )?(?:più )?valido|invalido)',
      '(?:credenziali|password|nome utente o password|chiave API) (?:è |sono )?(?:non valid[aei]|errat[aeio]|incorrett[aeio])',
      '(?:autenticazione (?:fallita|non riuscita|richiesta)|errore di autenticazione|accesso non riuscito)',
    ],
    limit: [
      'troppe (?:richieste|chiamate)',
      '(?:superato|raggiunto) il limite di (?:richieste|chiamate)',
      'limite (?:di|delle) (?:richieste|chiamate) (?:è stato )?(?:superato|raggiunto)',
    ],
    down: ['(?:servizio|server) (?:è )?(?:temporaneamente |momentaneamente )?(?:non disponibile|irraggiungibile)'],
    advice: [
      "(?:effettua|effettuare|effettui|esegui|eseguire) (?:di nuovo|nuovamente) (?:l['’]accesso|il login|l['’]autenticazione)",
      '(?:accedi|accedere) (?:di nuovo|nuovamente)',
      '(?:si prega di )?(?:riprova|riprovare|riprovi|ritentare)(?: tra #| fra #| più tardi)?',
      '(?:attendi|attendere|attenda) #',
    ],
    error: ['Errore'],
  },
};

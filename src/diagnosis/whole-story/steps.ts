import { partsOf, wordsOf } from './parts.ts';
import { partialWords, plainWords } from './words.ts';

/** Words that are no name of a service: what they say counts. */
const grammar = wordsOf(`
  a an the and or but not no nor so then than as if when while after before until since once only also too both all any some each every most many
  much more less few several half rest remaining other others another next last previous prior first second third fourth fifth final later earlier
  again twice already still yet now just almost nearly partly one two three four five six seven eight nine ten of for in on at by with from into
  onto to this that these those it its he she they we i you your our his her their who which what whose whether how why where there here is are was
  were be been being has have had do does did done will would can could may might must should shall got get gets goes went gone ok okay yes well
  now up out off over under through without within via per because due however therefore though although except besides
  however everything nothing something anything none half both either neither part parts partial complete completed
  done ready fine good live new old same such own
`);

/** Steps and things of a business that come after an effect, or that an effect has made. */
const things = wordsOf(`
  notification notifications notifier notify notice webhook webhooks hook hooks callback callbacks receipt receipts confirmation confirmations
  mail mails mailer mailing email emails smtp imap sms mms push messenger messaging message messages msg inbox sent slack teams telegram discord twilio
  whatsapp sendgrid mailchimp mailgun postmark pagerduty opsgenie pager alert alerts alerting alarm announcement announce newsletter
  audit auditing auditor log logs logger logging logstash journal splunk sentry datadog index indexes indexer indexing search searching cache caches caching
  cdn purge invalidation replica replicas replication mirror mirrors mirroring standby secondary backup backups archive archives archiver archiving
  copy copies report reports reporting analytics metrics statistics stats telemetry tracking tracker loyalty crm billing invoice invoices invoicing
  accounting ledger bookkeeping payment payments payout refund charge capture settlement warehouse inventory stock shipping shipment carrier
  courier parcel printer printers printing label labels fulfilment fulfillment calendar reminder scheduler schedule followup queue queues topic event
  events bus outbox worker workers job jobs consumer subscriber subscribers subscription sync synchronisation synchronization thumbnail preview
  transcode scanner antivirus virus smoke health readiness liveness probe verification verifier verify validator rollback cleanup clean compensation
  reviewer reviewers assignee assignees watcher watchers attachment attachments comment comments step steps stage stages phase phases item items row
  rows record records page pages batch batches chunk chunks entry entries line lines child children parent sub poll polling
  order orders booking bookings reservation ticket tickets issue issues customer contact lead deal task tasks document documents file files
  folder image photo video product article post posts release version tag tags commit commits branch merge deployment deploy rollout migration
  transaction transfer leg fee tax discount coupon voucher seat room table guest member members recipient recipients user role grant permission policy
  readback response acknowledgement ack summary result results state status lock unlock handler observer trigger listener finalizer finalize finish
  publish publishing publication export import upload download attach assign link links webhook chain pipeline saga
  exist exists stands sits lies works came took gave kept held found told said knows took left lost built wrote made set put paid sold bought
  insert update delete create add remove write read save store fetch send post put patch set start stop run
  request requests attempt attempts try tries retry retries time times count total number id reference ref handle
  pickup delivery dispatch manifest shipment fraud risk score consent signature sign counter survey feedback
  activity feed timeline history dashboard widget story sprint milestone epic checklist subtask side conversation
`);

const denied: ReadonlySet<string> = new Set([...grammar, ...things]);

/** Steps that come after an effect: nothing whose name tells of one is taken for a matter of course. */
const later = new Set(
  wordsOf(`notify notifies notifier notification notifications webhook webhooks hook hooks callback receipt receipts confirm confirmation confirmations
  mail mails mailer mailing sendmail email emails smtp sms push messenger slack teams telegram discord twilio whatsapp pagerduty opsgenie announce announcement
  audit auditing auditor index indexes indexer indexing cache caches caching purge invalidation replica replication mirror standby backup
  archive archiver reporting analytics telemetry tracking loyalty billing invoice invoicing accounting ledger payout refund settlement warehouse inventory
  shipping shipment carrier courier fulfilment fulfillment delivery deliver outbox bus created stored saved done sent committed published
  step stage phase finalize finalizer finalise cleanup rollback compensation followup publish publisher announcer readback ack smoke
  reindex aftersave aftercreate aftercommit postcommit posthook`),
);

const mailTools = /mail|smtp|^ses$|sendgrid|postmark|mailgun|imap|outlook|exchange|newsletter/;
const ofMail = /^(?:mails?|mailer|mailing|sendmail|emails?|smtp|deliver|delivery|sent)$/;

const messageTools = /^(?:messages?|msg|chat|channel|notify|notification|dm|slack|discord|telegram|teams)$/;
const ofMessages = /^(?:slack|teams|telegram|discord|whatsapp)$/;

/** Whether a name tells of a step that comes after an effect and that is not what the tool itself does. */
export const tellsOfStep = (name: string, tool: string): boolean => {
  const own = partsOf(tool);
  if (own.some((part) => /^(?:curl|https?|fetch|wget|axios|httpie|requests?|rest|api|webhook)$/.test(part)))
    return false;
  const sendsMail = own.some((part) => mailTools.test(part));
  return partsOf(name.replace(/\bindex\.\w{1,4}\b/g, ' ')).some(
    (part) =>
      later.has(part) &&
      (isParticiple(part) || !own.some((one) => part.includes(one) || one.includes(part))) &&
      !(sendsMail && ofMail.test(part)) &&
      !(ofMessages.test(part) && own.some((one) => messageTools.test(one))),
  );
};

const participle =
  /^(?!(?:embed|red|shed|seed|speed|feed|shared|hosted|managed|distributed|linked|embedded|dedicated|fed|med)$).{3,}ed$/;

/** Whether a word tells that something was done, such as `stored`. */
export const isParticiple = (word: string): boolean => participle.test(word) && !plainWords.has(word);

/** Whether a word may tell of a step, of a thing that was made, of order or of completion: no name of a service is taken for granted then. */
export const isDenied = (word: string): boolean =>
  denied.has(word) ||
  denied.has(word.replace(/s$/, '')) ||
  participle.test(word) ||
  partialWords.test(word) ||
  /^\d/.test(word);

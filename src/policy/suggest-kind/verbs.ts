/** What a verb in the name or the description of a tool says about its effect. */
export type Effect = 'adds' | 'sets' | 'destroys' | 'changes';

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** Verbs of tools that only read. */
export const readVerbs = words(`
  get list search read view describe fetch find show retrieve lookup count inspect browse compare diff preview stat
  status info return display explain check validate verify calculate convert estimate geocode summarize analyze analyse
  ls cat head tail grep peek hget hgetall llen lrange smembers zrange summarise translate measure discover detect
`);

/** Verbs that begin the description of a tool that reads, apart from the verbs of names. */
export const readStarts = words(`
  gets lists searches reads views describes fetches finds shows retrieves looks counts inspects compares previews returns
  displays explains checks validates verifies calculates converts estimates reports summarizes analyzes look obtain obtains
  captures capture translates summarises analyses measures discovers detects evaluates
`);

/** Verbs that change something, in the base form, if they can hardly be anything else. */
const plainVerbs: Readonly<Record<Effect, ReadonlySet<string>>> = {
  adds: words(`
    create add insert send append upload invite register enqueue subscribe provision prepend hset sadd xadd
    lpush rpush remember notify spawn reindex
  `),
  sets: words('upsert overwrite modify edit assign configure rename adjust customize alter mutate patch'),
  destroys: words(`
    delete remove destroy purge truncate wipe erase terminate kill exec execute uninstall reboot restart evict
    revoke rollback revert unpublish unsubscribe invoke flushdb flushall hdel del rm discard disconnect deprovision
    pop dequeue lpop rpop consume execute eval refund cancel deploy redeploy undeploy unlink finalize
    revive kick reinstall upgrade downgrade 
  `),
  changes: words(`
    save store write activate deactivate enable disable acknowledge approve reject submit rerun retry rotate
    regenerate synchronize synchronise persist unarchive unlock unpin unmute unassign reassign promote demote reopen
    enter navigate install attach detach rebuild recreate restore toggle unfollow forget
    cordon uncordon reserve claim resend mint
  `),
};

/** Words that are verbs of a change or nouns, as in "post a message" and "get a post". */
const doubleVerbs: Readonly<Record<Effect, ReadonlySet<string>>> = {
  adds: words(
    'import clone post comment reply push record fork note tag label link draft copy vote star react book open clip',
  ),
  sets: words('update set put replace change'),
  destroys: words(`
    drop run apply vacuum shutdown expire migrate dismiss flush install merge move reset clear close stop start trigger release ban charge pay transfer purchase order checkout
    rebase drain rollout cleanup call click 
  `),
  changes: words(`
    type press drag hover scrape crawl download resolve receive complete respond log lock archive mark sign schedule publish pin mute block watch follow scale sync refresh touch pause resume cache
    commit stage stash pull print transition switch report fulfill capture test build work load enroll silence share
    request process play dispatch ack fill select forward scan score sort transform export handle train
    flag snooze stream unstage zip backup snapshot join leave emit
  `),
};

const effectIn = (verbs: Readonly<Record<Effect, ReadonlySet<string>>>, word: string): Effect | undefined =>
  (Object.keys(verbs) as Effect[]).find((effect) => verbs[effect].has(word));

/** The effect of a word that is a verb of a change and hardly anything else. */
export const plainEffect = (word: string): Effect | undefined => effectIn(plainVerbs, word);

/** The effect of a word that may be a verb of a change, or a noun. */
export const possibleEffect = (word: string): Effect | undefined =>
  effectIn(plainVerbs, word) ?? effectIn(doubleVerbs, word);

/** The base forms that a word may be the third person or the present participle of, the word itself first. */
export const baseForms = (word: string): readonly string[] => {
  const forms = [word];
  if (word.endsWith('ies')) forms.push(`${word.slice(0, -3)}y`);
  if (word.endsWith('es')) forms.push(word.slice(0, -2));
  if (word.endsWith('s') && !word.endsWith('ss')) forms.push(word.slice(0, -1));
  if (word.endsWith('ing')) {
    const stem = word.slice(0, -3);
    forms.push(stem, `${stem}e`);
    if (/(.)\1$/.test(stem)) forms.push(stem.slice(0, -1));
  }
  return forms;
};

/** Query languages that can only read. */
export const readOnlyLanguage =
  /\b(prom(etheus )?ql|logql|traceql|metricsql|jql|nrql|wiql|soql|sosl|gaql|es\|ql|esql|lucene|jmespath|jsonpath|xpath|logs? insights)\b/i;

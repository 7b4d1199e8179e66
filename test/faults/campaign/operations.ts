/** One operation of a tool: what it is called while it is to be done, has been done and is being done. */
export interface Operation {
  /** The name of its function. */
  readonly name: string;
  readonly base: string;
  readonly past: string;
  readonly ing: string;
  readonly object: string;
}

const operation = (base: string, past: string, ing: string, object: string): Operation => ({
  name: `${base}_${object.replace(/ /g, '_')}`,
  base,
  past,
  ing,
  object,
});

/** What the steps of the campaign's tools do: things that tools of many kinds do. */
export const operations: readonly Operation[] = [
  operation('create', 'created', 'creating', 'order'),
  operation('charge', 'charged', 'charging', 'card'),
  operation('send', 'sent', 'sending', 'receipt'),
  operation('publish', 'published', 'publishing', 'event'),
  operation('upload', 'uploaded', 'uploading', 'image'),
  operation('write', 'wrote', 'writing', 'row'),
  operation('insert', 'inserted', 'inserting', 'record'),
  operation('update', 'updated', 'updating', 'ticket'),
  operation('post', 'posted', 'posting', 'comment'),
  operation('tag', 'tagged', 'tagging', 'release'),
  operation('push', 'pushed', 'pushing', 'commit'),
  operation('merge', 'merged', 'merging', 'branch'),
  operation('deploy', 'deployed', 'deploying', 'function'),
  operation('scale', 'scaled', 'scaling', 'deployment'),
  operation('delete', 'deleted', 'deleting', 'volume'),
  operation('rename', 'renamed', 'renaming', 'folder'),
  operation('book', 'booked', 'booking', 'flight'),
  operation('reserve', 'reserved', 'reserving', 'seat'),
  operation('transfer', 'transferred', 'transferring', 'funds'),
  operation('issue', 'issued', 'issuing', 'invoice'),
  operation('add', 'added', 'adding', 'member'),
  operation('invite', 'invited', 'inviting', 'guest'),
  operation('notify', 'notified', 'notifying', 'channel owner'),
  operation('index', 'indexed', 'indexing', 'page'),
  operation('copy', 'copied', 'copying', 'file'),
  operation('save', 'saved', 'saving', 'draft'),
  operation('close', 'closed', 'closing', 'incident'),
  operation('assign', 'assigned', 'assigning', 'reviewer'),
  operation('attach', 'attached', 'attaching', 'label'),
  operation('provision', 'provisioned', 'provisioning', 'disk'),
  operation('put', 'put', 'putting', 'secret'),
  operation('delete', 'deleted', 'deleting', 'user'),
  operation('disable', 'disabled', 'disabling', 'account'),
  operation('generate', 'generated', 'generating', 'key'),
  operation('run', 'ran', 'running', 'job'),
  operation('reset', 'reset', 'resetting', 'password'),
  operation('grant', 'granted', 'granting', 'role'),
  operation('execute', 'executed', 'executing', 'query'),
];

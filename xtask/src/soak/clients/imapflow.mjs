// Typical work with ImapFlow: prints a line for each step, and `done` after the last.
import { readFileSync } from 'node:fs';
import { ImapFlow } from 'imapflow';

const [WAY, HOST, PORT, USER, PASSWORD, CA] = process.argv.slice(2);
const WORK = 'Projekte/Überblick';

function ok(step, condition = true) {
    if (!condition) {
        throw new Error(`failed: ${step}`);
    }
    console.log('ok', step);
}

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

function connection() {
    return new ImapFlow({
        host: HOST,
        port: Number(PORT),
        secure: WAY === 'tls',
        doSTARTTLS: WAY === 'starttls',
        servername: HOST,
        tls: { ca: readFileSync(CA) },
        auth: { user: USER, pass: PASSWORD },
        logger: false,
        disableAutoIdle: true,
    });
}

function letter(subject, body) {
    return Buffer.from(
        `From: ann@example.org\r\nTo: bob@example.org\r\nSubject: ${subject}\r\n` +
            'Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n' +
            `${body}\r\n`
    );
}

async function text(stream) {
    const pieces = [];
    for await (const piece of stream) {
        pieces.push(piece);
    }
    return Buffer.concat(pieces).toString();
}

/** Resolves with the next event of that name. Must be called before the action that causes it. */
const next = (client, event) => new Promise(resolve => client.once(event, resolve));

async function refused(step, work) {
    let error;
    try {
        await work();
    } catch (caught) {
        error = caught;
    }
    ok(step, error);
    return error;
}

const client = connection();
await client.connect();
ok('connect and log in', client.authenticated && client.secureConnection === (WAY !== 'plain'));

// The server and its mailboxes.
ok('capabilities', client.capabilities.has('IDLE') && client.capabilities.has('MOVE'));
ok('ENABLE', client.enabled.has('CONDSTORE'));
ok('ID', client.serverInfo?.name?.length > 0);
await client.noop();
ok('NOOP');
const list = await client.list();
const paths = list.map(mailbox => mailbox.path);
ok('list', ['INBOX', 'Entwürfe', 'Lists/mail-dev'].every(path => paths.includes(path)));
ok('special use', list.find(mailbox => mailbox.specialUse === '\\Junk').path === 'Junk');
const counted = await client.list({ statusQuery: { messages: true, unseen: true, uidNext: true } });
const inbox = counted.find(mailbox => mailbox.path === 'INBOX').status;
ok('list with status', inbox.messages > 100 && inbox.uidNext > inbox.messages);
const tree = await client.listTree();
ok('tree', tree.folders.some(folder => folder.path === 'Lists' && folder.folders.length > 0));
const status = await client.status('INBOX', { messages: true, unseen: true, uidValidity: true, highestModseq: true });
ok('status', status.messages === inbox.messages && status.highestModseq > 0n);
ok('status of what is not there', (await client.status('Nirgends', { messages: true }).catch(() => false)) === false);
const quota = await client.getQuota('INBOX');
ok('quota', quota.storage.limit === 1024 * 1024 * 1024 && quota.storage.usage > 0);

// Reading.
let mailbox = await client.mailboxOpen('INBOX');
ok('select', mailbox.exists === inbox.messages && !mailbox.readOnly);
const uids = await client.search({ all: true }, { uid: true });
ok('search all', uids.length === mailbox.exists);
const unseen = await client.search({ seen: false }, { uid: true });
ok('search unseen', unseen.length === status.unseen);
ok('search by number', same(await client.search({ seq: '2:4' }), [2, 3, 4]));
ok('search by UID', same(await client.search({ uid: `${uids[0]},${uids[2]}` }, { uid: true }), [uids[0], uids[2]]));
ok('search beyond the last', (await client.search({ seq: `${mailbox.exists + 5}` })).length === 0);
const either = await client.search({ or: [{ flagged: true }, { seen: false }] }, { uid: true });
ok('search either', unseen.every(uid => either.includes(uid)));
ok('search since', same(await client.search({ since: new Date('1990-01-01') }, { uid: true }), uids));
ok('search by size', (await client.search({ larger: 10, smaller: 1_000_000_000 })).length === mailbox.exists);
ok('search a header', (await client.search({ header: { 'message-id': true } })).length > 0);
ok('search nothing', (await client.search({ subject: 'no such subject anywhere' })).length === 0);
const extremes = await client.search({ all: true }, { uid: true, returnOptions: ['MIN', 'MAX', 'COUNT'] });
ok('extended search', extremes.min === uids[0] && extremes.max === uids.at(-1) && extremes.count === uids.length);

const seen = [];
for await (const message of client.fetch('1:20', {
    uid: true, flags: true, envelope: true, bodyStructure: true, internalDate: true, size: true, headers: ['subject'],
})) {
    seen.push(message);
}
ok('fetch', same(seen.map(message => message.uid), uids.slice(0, 20)));
ok('fetch structures', seen.every(message => message.bodyStructure.type && message.size > 0 && message.internalDate));
ok('fetch headers', seen.every(message => message.headers instanceof Buffer && message.envelope));
const all = await client.fetchAll({ all: true }, { uid: true });
ok('fetch what is found', all.length === mailbox.exists);
const whole = await client.fetchOne(String(uids[0]), { source: true, size: true }, { uid: true });
ok('fetch the whole', whole.source.length === whole.size);
const part = await client.fetchOne('1', { source: { start: 5, maxLength: 20 } });
ok('fetch a piece', part.source.equals(whole.source.subarray(5, 25)));
const last = await client.fetchOne('*', { uid: true });
ok('fetch the last', last.uid === uids.at(-1));
ok('fetch what is not there', (await client.fetchOne(String(uids.at(-1) + 100), { uid: true }, { uid: true })) === false);
ok('peek', same(await client.search({ seen: false }, { uid: true }), unseen));
const download = await client.download(String(uids[0]), undefined, { uid: true });
ok('download', (await text(download.content)).length === whole.size);
const many = await client.downloadMany(String(uids[0]), ['1'], { uid: true });
ok('download parts', many['1']?.content !== undefined);
const since = await client.fetchAll('1:*', { flags: true }, { changedSince: status.highestModseq });
ok('nothing has changed since', since.length === 0);

// Writing.
const made = await client.mailboxCreate(['Projekte', 'Überblick']);
ok('create', made.path === WORK && made.created);
ok('create twice', (await client.mailboxCreate(WORK)).created === false);
ok('subscribe', await client.mailboxSubscribe(WORK));
ok('subscribe to what is not there', (await client.mailboxSubscribe('Nirgends').catch(() => false)) === false);
const date = new Date('2024-02-29T12:00:00Z');
const one = await client.append(WORK, letter('one', 'Grüße'), ['\\Seen'], date);
const two = await client.append(WORK, letter('two', 'zwei'));
const three = await client.append(WORK, letter('three', 'x'.repeat(200_000)));
ok('append', one.uid < two.uid && two.uid < three.uid && one.uidValidity === three.uidValidity);
await refused('append to what is not there', async () => {
    if (!(await client.append('Nirgends', letter('lost', '')))) {
        throw new Error('refused');
    }
});
const lock = await client.getMailboxLock(WORK);
ok('lock', client.mailbox.path === WORK && client.mailbox.exists === 3);
const first = await client.fetchOne(String(one.uid), { internalDate: true, flags: true }, { uid: true });
ok('its date and flags', first.internalDate.getTime() === date.getTime() && first.flags.has('\\Seen'));
ok('search in UTF-8', same(await client.search({ body: 'Grüße' }, { uid: true }), [one.uid]));
ok('search in UTF-8 for what is not there', (await client.search({ body: 'Straße' })).length === 0);
const told = next(client, 'flags');
ok('set flags', await client.messageFlagsAdd({ uid: String(two.uid) }, ['\\Answered', '\\Seen', 'todo']));
ok('the change is told', (await told).flags.has('todo'));
ok('search a keyword', same(await client.search({ keyword: 'todo' }, { uid: true }), [two.uid]));
ok('replace flags', await client.messageFlagsSet(String(one.uid), ['\\Flagged', '\\Seen'], { uid: true }));
ok('remove flags', await client.messageFlagsRemove(String(three.uid), ['\\Seen', '\\Flagged'], { uid: true }));
const before = client.mailbox.highestModseq;
ok('set flags since', await client.messageFlagsAdd(String(three.uid), ['late'], { uid: true }));
const changed = await client.fetchAll('1:*', { uid: true, flags: true }, { changedSince: before });
ok('what has changed since', same(changed.map(message => message.uid), [three.uid]) && changed[0].modseq > before);

const copied = await client.messageCopy({ uid: `${one.uid},${three.uid}` }, 'Entwürfe');
ok('copy', copied.uidMap.size === 2 && copied.destination === 'Entwürfe');
await client.mailboxCreate('Weg');
const moved = await client.messageMove(String(three.uid), 'Weg', { uid: true });
ok('move', moved.uidMap.get(three.uid) === 1 && client.mailbox.exists === 2);
lock.release();
await client.mailboxOpen('Entwürfe');
const gone = next(client, 'expunge');
ok('delete', await client.messageDelete({ subject: 'three' }));
ok('it is told', (await gone).path === 'Entwürfe' && client.mailbox.exists === 1);
ok('rename', (await client.mailboxRename('Weg', 'Fort')).newPath === 'Fort');
mailbox = await client.mailboxOpen('Fort', { readOnly: true });
ok('examine', mailbox.readOnly && mailbox.exists === 1);
ok('close', await client.mailboxClose());

// Another connection appends a message, which the first one receives during IDLE.
await client.mailboxOpen('Fort');
const other = connection();
await other.connect();
await other.mailboxOpen('Fort');
const exists = next(client, 'exists');
const idling = client.idle();
await other.append('Fort', letter('news', 'now'));
ok('idle hears of what is new', (await exists).count === 2);
const flags = next(client, 'flags');
await other.messageFlagsAdd('2', ['\\Flagged']);
ok('idle hears of flags', (await flags).flags.has('\\Flagged'));
const expunge = next(client, 'expunge');
await other.messageDelete('1');
ok('idle hears of what is gone', (await expunge).seq === 1);
await client.noop();
await idling;
ok('idle ends', client.mailbox.exists === 1);
await other.logout();
ok('log out');

await client.mailboxClose();
await client.mailboxDelete('Fort');
ok('delete a mailbox', !(await client.list()).some(folder => folder.path === 'Fort'));
ok('unsubscribe', await client.mailboxUnsubscribe(WORK));
await refused('select what is not there', () => client.mailboxOpen('Nirgends'));
await client.logout();

const wrong = new ImapFlow({ ...connection().options, auth: { user: USER, pass: 'wrong' } });
wrong.on('error', () => {});
const error = await refused('a wrong password', () => wrong.connect());
ok('it says so', error.authenticationFailed === true);
console.log('done');

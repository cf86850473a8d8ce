// ImapFlow, which fetches messages one by one: WORKLOAD PORT CA COUNT SIZE FOLDER.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { ImapFlow } from 'imapflow';

const [WORKLOAD, PORT, CA, COUNT_TEXT, SIZE_TEXT, FOLDER] = process.argv.slice(2);
const [COUNT, SIZE] = [Number(COUNT_TEXT), Number(SIZE_TEXT)];
const METADATA = { flags: true, internalDate: true, size: true, envelope: true, bodyStructure: true };

let items = 0;
let sum = 0;

function add(value) {
    items += 1;
    sum += value;
}

function check(condition, what) {
    if (!condition) {
        throw new Error(`failed: ${what}`);
    }
}

function message(size) {
    const line = 'All work and no play makes Jack a dull boy, and all play makes him a mere toy\r\n';
    const text = 'From: ann@example.org\r\nSubject: hi\r\n\r\n' + line.repeat(size / line.length + 1);
    return Buffer.from(text.slice(0, size - 2) + '\r\n');
}

function resident() {
    const [, kilobytes] = /^VmRSS:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'));
    return Number(kilobytes) * 1024;
}

async function connect(number = 0) {
    const client = new ImapFlow({
        host: `127.0.0.${1 + Math.floor(number / 5000)}`,
        port: Number(PORT),
        secure: CA !== '-',
        doSTARTTLS: false,
        tls: CA === '-' ? {} : { ca: readFileSync(CA), servername: 'localhost' },
        auth: { user: 'user1', pass: 'pass' },
        logger: false,
        disableAutoIdle: true,
    });
    await client.connect();
    await client.mailboxOpen('INBOX');
    return client;
}

const seen = message => Number(message.flags.has('\\Seen'));

async function work(client) {
    const all = query => client.fetch('1:*', { uid: true, ...query }, { uid: true });
    switch (WORKLOAD) {
        case 'flags':
            for await (const message of all({ flags: true })) {
                add(seen(message));
            }
            break;
        case 'metadata':
            for await (const message of all(METADATA)) {
                check(message.bodyStructure && message.internalDate, 'metadata');
                add(message.size + message.envelope.subject.length);
            }
            break;
        case 'bodies':
            for await (const message of all({ source: true })) {
                add(message.source.length);
            }
            break;
        case 'save': {
            const { source } = await client.fetchOne('1', { source: true }, { uid: true });
            writeFileSync(`${FOLDER}/message`, source);
            add(source.length);
            break;
        }
        case 'pull':
            for (const name of ['cur', 'new', 'tmp']) {
                mkdirSync(`${FOLDER}/${name}`, { recursive: true });
            }
            for await (const message of all({ source: true })) {
                writeFileSync(`${FOLDER}/tmp/${message.uid}`, message.source);
                renameSync(`${FOLDER}/tmp/${message.uid}`, `${FOLDER}/cur/${message.uid}:2,`);
                add(message.source.length);
            }
            break;
        case 'append':
            for (let number = 0; number < COUNT; number += 1) {
                check(await client.append('INBOX', message(SIZE)), 'append');
                add(SIZE);
            }
            break;
        case 'upload': {
            const text = readFileSync(`${FOLDER}/message`);
            check(await client.append('INBOX', text), 'append');
            add(text.length);
            break;
        }
        case 'search':
            for (const uid of await client.search({ all: true }, { uid: true })) {
                add(uid);
            }
            break;
        case 'singles':
            for (let uid = 1; uid <= COUNT; uid += 1) {
                add(seen(await client.fetchOne(String(uid), { flags: true }, { uid: true })));
            }
            break;
        case 'unread':
            for (const mailbox of await client.list({ statusQuery: { unseen: true } })) {
                if (mailbox.path.startsWith('box')) {
                    add(mailbox.status.unseen);
                }
            }
            break;
        default:
            throw new Error(`there is no workload ${WORKLOAD}`);
    }
}

if (WORKLOAD === 'idle') {
    const before = resident();
    const clients = [];
    for (let number = 0; number < COUNT; number += 1) {
        clients.push(await connect(number));
    }
    console.log(`items=${clients.length} sum=0 before=${before} after=${resident()}`);
    process.exit(0);
} else if (WORKLOAD === 'first') {
    for (let number = 0; number < COUNT; number += 1) {
        const client = await connect();
        check(await client.fetchOne('1', { flags: true }, { uid: true }), 'fetch');
        client.close();
        add(1);
    }
    console.log(`items=${items} sum=${sum}`);
} else {
    const client = await connect();
    await work(client);
    await client.logout();
    console.log(`items=${items} sum=${sum}`);
}

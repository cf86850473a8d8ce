//! The commands that imap-codec knows, and some that it does not.

use chrono::{DateTime, FixedOffset};
use imap_codec::imap_types::{
    command::{CommandBody, FetchModifier, StoreModifier},
    extensions::binary::LiteralOrLiteral8,
    fetch::{MacroOrMessageDataItemNames, MessageDataItemName as Item, Part, Section},
    flag::{StoreResponse, StoreType},
    mailbox::ListMailbox,
};
use imapclient_codec::{
    Flag, Flags, Id, NameEncoding, Outgoing,
    command::{
        self, Append, FetchItems, FlagChange, ListOptions, MetadataOptions, SortKey, StatusItem,
        ThreadAlgorithm,
    },
    utf7,
};

use super::{
    Source, astring, keys, name_of, nstring, read, read_in, set_of, string, wire, wire_in,
};

pub(super) const ALL: [fn(&mut Source<'_>); 17] = [
    login, select, mailbox, rename, list, status, append, search, fetch, store, copy, expunge,
    quota, id, metadata, enable, others,
];

fn login(source: &mut Source<'_>) {
    let (username, password) = (source.text(), source.text());
    let Ok(outgoing) = command::login(&username, &password) else {
        assert!(username.contains('\0') || password.contains('\0'));
        return;
    };
    let CommandBody::Login {
        username: user,
        password: pass,
    } = read(outgoing)
    else {
        panic!("another command")
    };
    assert_eq!(user.as_ref(), username.as_bytes());
    assert_eq!(pass.declassify().as_ref(), password.as_bytes());
}

fn select(source: &mut Source<'_>) {
    let (read_only, names, name) = (source.is(), source.names(), source.mailbox());
    let Some(body) = read_in(names, command::select(&name, read_only)) else {
        return;
    };
    match body {
        CommandBody::Select { mailbox, .. } if !read_only => {
            assert_eq!(name_of(&mailbox, names), name);
        }
        CommandBody::Examine { mailbox, .. } if read_only => {
            assert_eq!(name_of(&mailbox, names), name);
        }
        other => panic!("{other:?}"),
    }
}

fn mailbox(source: &mut Source<'_>) {
    let (choice, names, name) = (source.byte() % 5, source.names(), source.mailbox());
    let outgoing = match choice {
        0 => command::create(&name),
        1 => command::delete(&name),
        2 => command::subscribe(&name),
        3 => command::unsubscribe(&name),
        _ => command::get_quota_root(&name),
    };
    let Some(body) = read_in(names, outgoing) else {
        return;
    };
    match (choice, body) {
        (0, CommandBody::Create { mailbox })
        | (1, CommandBody::Delete { mailbox })
        | (2, CommandBody::Subscribe { mailbox })
        | (3, CommandBody::Unsubscribe { mailbox })
        | (_, CommandBody::GetQuotaRoot { mailbox }) => {
            assert_eq!(name_of(&mailbox, names), name);
        }
        other => panic!("{other:?}"),
    }
}

fn rename(source: &mut Source<'_>) {
    let (names, old, new) = (source.names(), source.mailbox(), source.mailbox());
    let Some(body) = read_in(names, command::rename(&old, &new)) else {
        return;
    };
    let CommandBody::Rename { from, to } = body else {
        panic!("another command")
    };
    assert_eq!((name_of(&from, names), name_of(&to, names)), (old, new));
}

fn list(source: &mut Source<'_>) {
    let (subscribed, names) = (source.is(), source.names());
    let (reference, pattern) = (source.text(), source.text());
    let outgoing = if subscribed {
        command::lsub(&reference, &pattern)
    } else {
        command::list(&reference, &pattern)
    };
    let Some(body) = read_in(names, Ok(outgoing)) else {
        return;
    };
    let (CommandBody::List {
        reference: from,
        mailbox_wildcard,
    }
    | CommandBody::Lsub {
        reference: from,
        mailbox_wildcard,
    }) = body
    else {
        panic!("another command")
    };
    assert!(name_of(&from, names) == *reference || reference.eq_ignore_ascii_case("inbox"));
    let bytes = match &mailbox_wildcard {
        ListMailbox::Token(token) => token.as_ref(),
        ListMailbox::String(string) => string.as_ref(),
    };
    let written = match names {
        NameEncoding::Utf7 => utf7::encode(&pattern),
        NameEncoding::Utf8 => pattern,
    };
    assert_eq!(bytes, written.as_bytes());
}

fn status(source: &mut Source<'_>) {
    let (names, name) = (source.names(), source.mailbox());
    let items = [
        StatusItem::Messages,
        StatusItem::UidNext,
        StatusItem::Size,
        StatusItem::HighestModSeq,
    ];
    let items: Vec<_> = items.into_iter().filter(|_| source.is()).collect();
    let Some(body) = read_in(names, command::status(&name, &items)) else {
        return;
    };
    let CommandBody::Status {
        mailbox,
        item_names,
    } = body
    else {
        panic!("another command")
    };
    assert_eq!(name_of(&mailbox, names), name);
    assert_eq!(item_names.len(), items.len());
}

fn flags(source: &mut Source<'_>) -> Vec<Flag> {
    let count = source.byte() % 5;
    (0..count).map(|_| source.flag()).collect()
}

fn shown<F: ToString>(flags: impl IntoIterator<Item = F>) -> Flags {
    flags.into_iter().map(|flag| flag.to_string()).collect()
}

fn append(source: &mut Source<'_>) {
    let (names, name, flags) = (source.names(), source.mailbox(), flags(source));
    let seconds = i64::from(source.number());
    let zone = FixedOffset::east_opt(i32::from(source.byte() as i8) * 60);
    let date = DateTime::from_timestamp(seconds, 0).zip(zone);
    let date = date.map(|(date, zone)| date.with_timezone(&zone));
    let binary = source.is();
    let data = source.bytes().to_vec();
    let mut message = Append::new(data.clone()).flags(flags.clone());
    if let Some(date) = date {
        message = message.internal_date(date);
    }
    if binary {
        message = message.binary();
    }
    let Some(body) = read_in(names, command::append(&name, &message)) else {
        return;
    };
    let CommandBody::Append {
        mailbox,
        flags: their_flags,
        date: their_date,
        message,
    } = body
    else {
        panic!("another command")
    };
    assert_eq!(name_of(&mailbox, names), name);
    assert_eq!(shown(their_flags), flags.into_iter().collect());
    assert_eq!(their_date.map(|date| *date.as_ref()), date);
    match message {
        LiteralOrLiteral8::Literal(literal) if !binary => assert_eq!(literal.as_ref(), data),
        LiteralOrLiteral8::Literal8(literal) if binary => assert_eq!(*literal.data, data),
        other => panic!("{other:?}"),
    }
}

fn search(source: &mut Source<'_>) {
    let (verb, names, by_number) = (source.byte() % 3, source.names(), source.is());
    let (key, expected) = keys::any(source);
    let by = [SortKey::Subject.reverse()];
    let outgoing = match (verb, by_number) {
        (0, false) => command::search(key),
        (0, true) => command::search_seq(key),
        (1, false) => command::sort(by, key),
        (1, true) => command::sort_seq(by, key),
        (_, false) => command::thread(&ThreadAlgorithm::References, key),
        (_, true) => command::thread_seq(&ThreadAlgorithm::References, key),
    };
    let Some(body) = read_in(names, outgoing) else {
        return;
    };
    let (criteria, uid) = match (verb, body) {
        (0, CommandBody::Search { criteria, uid, .. }) => (criteria, uid),
        (
            1,
            CommandBody::Sort {
                search_criteria,
                uid,
                ..
            },
        )
        | (
            2,
            CommandBody::Thread {
                search_criteria,
                uid,
                ..
            },
        ) => (search_criteria, uid),
        other => panic!("{other:?}"),
    };
    assert_eq!(uid, !by_number);
    assert_eq!(keys::words(criteria.as_ref()), expected);
}

fn fetch(source: &mut Source<'_>) {
    let (set, text, by_uid) = source.messages();
    let mut items = FetchItems::new();
    let mut expected = vec![Item::Uid];
    if source.is() {
        items = items.flags();
        expected.push(Item::Flags);
    }
    if source.is() {
        items = items.size().structure();
        expected.extend([Item::Rfc822Size, Item::BodyStructure]);
    }
    if source.is() {
        let part = source.byte();
        items = items.section(&format!("1.{part}.MIME"));
        if let (Ok(one), Ok(part)) = (1.try_into(), u32::from(part).try_into()) {
            expected.push(Item::BodyExt {
                section: Some(Section::Mime(Part(vec![one, part].try_into().unwrap()))),
                partial: None,
                peek: true,
            });
        }
    }
    if source.is() {
        let (origin, count) = (source.number(), source.number());
        items = items.partial("TEXT", origin.into(), count.into());
        if let Ok(count) = count.try_into() {
            expected.push(Item::BodyExt {
                section: Some(Section::Text(None)),
                partial: Some((origin, count)),
                peek: true,
            });
        }
    }
    let since = source.is().then(|| u64::from(source.number()));
    if let Some(since) = since {
        items = items.changed_since(since);
    }
    let Ok(outgoing) = command::fetch(&set, &items) else {
        return;
    };
    // There is no part 0, but a client may ask a server that has one for it.
    if wire(command::fetch(&set, &items).unwrap())
        .windows(6)
        .any(|text| text == b"1.0.MI")
    {
        return;
    }
    let CommandBody::Fetch {
        sequence_set,
        macro_or_item_names,
        uid,
        modifiers,
    } = read(outgoing)
    else {
        panic!("another command")
    };
    assert_eq!((set_of(&sequence_set), uid), (text, by_uid));
    let MacroOrMessageDataItemNames::MessageDataItemNames(names) = macro_or_item_names else {
        panic!("a macro")
    };
    assert_eq!(names, expected);
    let modifiers: Vec<_> = modifiers
        .iter()
        .map(|modifier| match modifier {
            FetchModifier::ChangedSince(since) => since.get(),
            FetchModifier::Vanished => 0,
        })
        .collect();
    assert_eq!(modifiers, Vec::from_iter(since));
}

fn store(source: &mut Source<'_>) {
    let (set, text, by_uid) = source.messages();
    let (choice, silent, flags) = (source.byte() % 3, source.is(), flags(source));
    let mut change = match choice {
        0 => FlagChange::add(flags.clone()),
        1 => FlagChange::remove(flags.clone()),
        _ => FlagChange::replace(flags.clone()),
    };
    if silent {
        change = change.silent();
    }
    let since = source.is().then(|| u64::from(source.number()));
    if let Some(since) = since {
        change = change.unchanged_since(since);
    }
    let Ok(outgoing) = command::store(&set, &change) else {
        return;
    };
    let CommandBody::Store {
        sequence_set,
        kind,
        response,
        flags: theirs,
        uid,
        modifiers,
    } = read(outgoing)
    else {
        panic!("another command")
    };
    assert_eq!((set_of(&sequence_set), uid), (text, by_uid));
    let kinds = [StoreType::Add, StoreType::Remove, StoreType::Replace];
    assert_eq!(kind, kinds[usize::from(choice)]);
    assert_eq!(response == StoreResponse::Silent, silent);
    assert_eq!(shown(theirs), flags.into_iter().collect());
    let modifiers: Vec<_> = modifiers
        .iter()
        .map(|StoreModifier::UnchangedSince(since)| *since)
        .collect();
    assert_eq!(modifiers, Vec::from_iter(since));
}

fn copy(source: &mut Source<'_>) {
    let (names, name) = (source.names(), source.mailbox());
    let (set, text, by_uid) = source.messages();
    let moves = source.is();
    let outgoing = if moves {
        command::move_to(&set, &name)
    } else {
        command::copy(&set, &name)
    };
    let Some(body) = read_in(names, outgoing) else {
        return;
    };
    match body {
        CommandBody::Move {
            sequence_set,
            mailbox,
            uid,
        } if moves => {
            assert_eq!((set_of(&sequence_set), uid), (text, by_uid));
            assert_eq!(name_of(&mailbox, names), name);
        }
        CommandBody::Copy {
            sequence_set,
            mailbox,
            uid,
        } if !moves => {
            assert_eq!((set_of(&sequence_set), uid), (text, by_uid));
            assert_eq!(name_of(&mailbox, names), name);
        }
        other => panic!("{other:?}"),
    }
}

fn expunge(source: &mut Source<'_>) {
    let uids = source.uids();
    let Ok(outgoing) = command::uid_expunge(&uids) else {
        assert!(uids.is_empty() || uids.has_zero());
        return;
    };
    let CommandBody::ExpungeUid { sequence_set } = read(outgoing) else {
        panic!("another command")
    };
    assert_eq!(set_of(&sequence_set), uids.to_string());
}

fn quota(source: &mut Source<'_>) {
    let (root, resource, limit) = (source.text(), source.text(), u64::from(source.number()));
    if let Ok(outgoing) = command::get_quota(&root) {
        let CommandBody::GetQuota { root: theirs } = read(outgoing) else {
            panic!("another command")
        };
        assert_eq!(astring(&theirs), root);
    }
    let Ok(outgoing) = command::set_quota(&root, [(resource.as_str(), limit)]) else {
        return;
    };
    let CommandBody::SetQuota {
        root: theirs,
        quotas,
    } = read(outgoing)
    else {
        panic!("another command")
    };
    assert_eq!(astring(&theirs), root);
    let [quota] = &quotas[..] else {
        panic!("{quotas:?}")
    };
    assert!(quota.resource.to_string().eq_ignore_ascii_case(&resource));
    assert_eq!(quota.limit, limit);
}

fn id(source: &mut Source<'_>) {
    let mut id = Id::default();
    for _ in 0..source.byte() % 4 {
        let value = source.is().then(|| source.text());
        id.fields.push((source.text(), value));
    }
    let Ok(outgoing) = command::id(&id) else {
        return;
    };
    let CommandBody::Id { parameters } = read(outgoing) else {
        panic!("another command")
    };
    let theirs: Vec<_> = parameters
        .iter()
        .flatten()
        .map(|(name, value)| (string(name), nstring(value)))
        .collect();
    assert_eq!(theirs, id.fields);
}

fn metadata(source: &mut Source<'_>) {
    let (names, name, entry) = (source.names(), source.mailbox(), source.text());
    let name = source.is().then_some(name);
    let options = MetadataOptions::new().max_size(source.number());
    let Some(body) = read_in(
        names,
        command::get_metadata(name.as_ref(), [&entry], options),
    ) else {
        return;
    };
    let CommandBody::GetMetadata {
        options,
        mailbox,
        entries,
    } = body
    else {
        panic!("another command")
    };
    assert_eq!(options.len(), 1);
    assert_eq!(name_of(&mailbox, names), name.unwrap_or_else(|| "".into()));
    let [theirs] = entries.as_ref() else {
        panic!("{entries:?}")
    };
    assert_eq!(astring(theirs.inner()), entry);
}

fn enable(source: &mut Source<'_>) {
    let names: Vec<_> = (0..source.byte() % 3 + 1).map(|_| source.text()).collect();
    let Ok(outgoing) = command::enable(names.iter().map(String::as_str)) else {
        return;
    };
    let CommandBody::Enable { capabilities } = read(outgoing) else {
        panic!("another command")
    };
    let theirs: Vec<_> = capabilities
        .as_ref()
        .iter()
        .map(|name| name.to_string().to_uppercase())
        .collect();
    let ours: Vec<_> = names.iter().map(|name| name.to_uppercase()).collect();
    assert_eq!(theirs, ours);
}

/// Commands that imap-codec does not know are checked to be a single line.
fn others(source: &mut Source<'_>) {
    let (choice, names, name) = (source.byte() % 4, source.names(), source.mailbox());
    let one = |outgoing: Result<Outgoing, _>| {
        if let Ok(outgoing) = outgoing {
            wire_in(names, outgoing);
        }
    };
    match choice {
        0 => one(Outgoing::raw(name.as_str())),
        1 => one(command::list_rights(&name, &source.text())),
        2 => {
            let query = ListOptions::new(source.text(), source.text())
                .pattern(source.text())
                .only_subscribed()
                .with_children();
            one(command::list_extended(&query));
        }
        _ => one(command::gen_url_auth([(
            source.text().as_str(),
            "INTERNAL",
        )])),
    }
}

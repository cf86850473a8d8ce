//! ORDEREDSUBJECT (RFC 5256 §3).

use imap_codec::imap_types::extensions::thread::Thread;

use super::{
    Member,
    tree::{Tree, forest},
};

/// Builds one thread for each base subject: its first message, and all others below it.
pub(super) fn thread(mut members: Vec<Member>) -> Vec<Thread> {
    members.sort_by(|a, b| {
        let by_subject = a.subject.text.cmp(&b.subject.text);
        by_subject.then(a.sent.cmp(&b.sent))
    });
    let mut threads: Vec<Vec<Member>> = Vec::new();
    for member in members {
        match threads.last_mut() {
            Some(thread) if thread[0].subject.text == member.subject.text => thread.push(member),
            _ => threads.push(vec![member]),
        }
    }
    threads.sort_by_key(|thread| thread[0].sent);
    let trees = threads.iter().map(|thread| {
        let mut all = thread.iter().map(|member| Tree::leaf(member.number));
        let first = all.next().unwrap_or_default();
        first.over(all.collect())
    });
    forest(trees.collect())
}

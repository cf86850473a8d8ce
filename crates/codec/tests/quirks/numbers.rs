//! SEARCH, SORT, ESEARCH, THREAD and numbers.

use super::*;

quirks! {
    // Yahoo: a blank at the end.
    search_with_a_blank:
        b"* SEARCH 7456 \r\n",
        Response::Search(s) => s.numbers, [7456];
    // Several: no blank before `(MODSEQ n)`.
    search_modseq_glued:
        b"* SEARCH 1 2(MODSEQ 9)\r\n",
        Response::Search(s) => (s.numbers, s.modseq), (vec![1, 2], Some(9));
    // Several: `(MODSEQ n)` between the numbers.
    search_modseq_inside:
        b"* SEARCH 1 (MODSEQ 9) 3\r\n",
        Response::Search(s) => (s.numbers, s.modseq), (vec![1, 3], Some(9));
    // Several: a blank at the end of SORT.
    sort_with_a_blank:
        b"* SORT 3 1 \r\n",
        Response::Sort(s) => s.numbers, [3, 1];
    // Several: a blank at the end of EXISTS.
    exists_with_a_blank:
        b"* 5 EXISTS \r\n",
        Response::Exists(n) => n, 5;
    // Cyrus 2.4, iCloud: SEARCH where ESEARCH was asked for.
    search_for_esearch:
        b"* SEARCH 4 5\r\n",
        Response::Search(s) => s.numbers, [4, 5];
    // Exchange: ESEARCH without return data.
    esearch_of_nothing:
        b"* ESEARCH (TAG \"A1\") UID\r\n",
        Response::Esearch(e) => (e.uid, e.all), (true, None);
    // Cyrus: ALL that is not ascending.
    esearch_not_sorted:
        b"* ESEARCH (TAG \"A1\") ALL 7,1:6\r\n",
        Response::Esearch(e) => e.all.map(|all| all.to_string()), Some("7,1:6".to_owned());
    // Dovecot: REMOVEFROM (0 2).
    esearch_position_0:
        b"* ESEARCH (TAG \"A1\") UID REMOVEFROM (0 2)\r\n",
        Response::Esearch(e) => (e.removed.len(), e.malformed.len()), (1, 0);
    // LKML: a thread 60 levels deep.
    thread_deep:
        &deep_thread(),
        Response::Thread(t) => t.walk().map(|(depth, _)| depth).max(), Some(59);
    // Several: answers to a message that is gone.
    thread_without_a_root:
        b"* THREAD ((3)(5))\r\n",
        Response::Thread(t) => t.numbers().collect::<Vec<_>>(), [3, 5];
}

fn deep_thread() -> Vec<u8> {
    let (open, close) = ("(1 ".repeat(59), ")".repeat(59));
    format!("* THREAD {open}2{close}\r\n").into_bytes()
}

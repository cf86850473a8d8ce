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
        Response::Search(s) => (values(s.numbers), s.modseq), (vec![1, 2], Some(9));
    // Several: `(MODSEQ n)` between the numbers.
    search_modseq_inside:
        b"* SEARCH 1 (MODSEQ 9) 3\r\n",
        Response::Search(s) => (values(s.numbers), s.modseq), (vec![1, 3], Some(9));
    // Several: a blank at the end of SORT.
    sort_with_a_blank:
        b"* SORT 3 1 \r\n",
        Response::Sort(s) => s.numbers, [3, 1];
    // Several: a blank at the end of EXISTS.
    exists_with_a_blank:
        b"* 5 EXISTS \r\n",
        Response::Exists(n) => n, 5;
    // Cyrus 2.4, iCloud: SEARCH although ESEARCH was asked for.
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
    // Several: replies to a message that is gone.
    thread_without_a_root:
        b"* THREAD ((3)(5))\r\n",
        Response::Thread(t) => t.numbers().collect::<Vec<_>>(), [3, 5];

    // Several: `(MODSEQ -1)` after the numbers of SEARCH.
    search_modseq_minus_1:
        b"* SEARCH 1 2 (MODSEQ -1)\r\n",
        Response::Search(s) => (values(s.numbers), s.modseq, bad(&s.malformed)), (vec![1, 2], None, vec!["MODSEQ: -1".to_owned()]);
    // By kind: `(MODSEQ)` without its number.
    search_modseq_missing:
        b"* SEARCH 1 2 (MODSEQ)\r\n",
        Response::Search(s) => (values(s.numbers), s.modseq, bad(&s.malformed)), (vec![1, 2], None, vec!["MODSEQ: ".to_owned()]);
    // By kind: additional parentheses in SEARCH.
    search_in_parentheses:
        b"* SEARCH (1 2 ((MODSEQ (5))) 3)\r\n",
        Response::Search(s) => (values(s.numbers), s.modseq, s.malformed.len()), (vec![1, 2, 3], Some(5), 0);
    // By kind: 0, negative numbers and fractions in SEARCH.
    search_numbers_that_are_none:
        b"* SEARCH 12 -1 34 0 5.5 56 78\r\n",
        Response::Search(s) => (values(s.numbers), bad(&s.malformed)), (vec![12, 34, 56, 78], ["SEARCH: -1", "SEARCH: 0", "SEARCH: 5.5"].map(ToOwned::to_owned).to_vec());
    // By kind: the same in SORT.
    sort_modseq_minus_1:
        b"* SORT 2 -3 1 (MODSEQ -1)\r\n",
        Response::Sort(s) => (values(s.numbers), s.modseq, s.malformed.len()), (vec![2, 1], None, 2);
    // By kind: items of ESEARCH without their values.
    esearch_value_missing:
        b"* ESEARCH (TAG UIDVALIDITY 3) UID COUNT MAX 5 MIN ALL 1:3 PARTIAL\r\n",
        Response::Esearch(e) => (e.uid_validity, e.uid, e.count, e.max, e.min, e.all.map(|all| all.to_string()), bad(&e.malformed)),
        (Some(3), true, None, MessageNumber::new(5), None, Some("1:3".to_owned()), ["TAG: ", "COUNT: ", "MIN: ", "PARTIAL: "].map(ToOwned::to_owned).to_vec());
    // By kind: an unknown item without a value.
    esearch_unknown_value_missing:
        b"* ESEARCH X-NEW COUNT 3\r\n",
        Response::Esearch(e) => (e.count, bad(&e.malformed)), (Some(3), vec!["X-NEW: ".to_owned()]);
    // By kind: additional parentheses in ESEARCH.
    esearch_in_parentheses:
        b"* ESEARCH ((TAG \"A1\") UID) (COUNT (3) (MAX 7) MIN ((2))) ALL (2,5,7)\r\n",
        Response::Esearch(e) => (e.tag.map(|tag| tag.to_string()), e.count, e.max, e.min, e.all.map(|all| all.to_string()), e.malformed.len()),
        (Some("A1".to_owned()), Some(3), MessageNumber::new(7), MessageNumber::new(2), Some("2,5,7".to_owned()), 0);
    // By kind: a missing value before an item in parentheses.
    esearch_missing_before_parentheses:
        b"* ESEARCH COUNT (MAX 7) ALL (MIN 2)\r\n",
        Response::Esearch(e) => (e.count, e.max, e.all.is_some(), e.min, e.malformed.len()), (None, MessageNumber::new(7), false, MessageNumber::new(2), 2);
    // By kind: negative numbers and fractions in ESEARCH.
    esearch_numbers_that_are_none:
        b"* ESEARCH (UIDVALIDITY -1) UID COUNT 1.5 MIN -2 MAX 7 MODSEQ -1 ALL 1,-2\r\n",
        Response::Esearch(e) => (e.uid_validity, e.count, e.min, e.max, e.modseq, e.all.is_some(), e.malformed.len()),
        (None, None, None, MessageNumber::new(7), None, false, 5);
    // By kind: 0, negative numbers and fractions in THREAD.
    thread_numbers_that_are_none:
        b"* THREAD (1 -2 3)(0 4)(5.5)(6)\r\n",
        Response::Thread(t) => (values(t.numbers()), t.roots().count(), bad(t.malformed())),
        (vec![1, 3, 4, 6], 4, ["THREAD: -2", "THREAD: 0", "THREAD: 5.5"].map(ToOwned::to_owned).to_vec());
    // By kind: `* -1 EXISTS`.
    exists_minus_1:
        b"* -1 EXISTS\r\n",
        Response::Malformed(m) => m.item.as_str(), "EXISTS";
    // By kind: `* 3.5 EXISTS`.
    exists_fraction:
        b"* 3.5 EXISTS\r\n",
        Response::Malformed(m) => m.item.as_str(), "EXISTS";
    // By kind: `* EXPUNGE`.
    expunge_without_a_number:
        b"* EXPUNGE\r\n",
        Response::Malformed(m) => (m.item.as_str(), m.why.as_str()), ("EXPUNGE", "a number is missing before the name");
}

fn deep_thread() -> Vec<u8> {
    let (open, close) = ("(1 ".repeat(59), ")".repeat(59));
    format!("* THREAD {open}2{close}\r\n").into_bytes()
}

//! Accounts of the bytes that are kept of an answer.

/// About what keeping a response takes besides its bytes: the shortest ones have 12 of them, and
/// take ten times as much.
const OVERHEAD: u64 = 128;

/// The size so far of an answer, which several commands may make up.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Kept {
    /// Bytes of the responses that were kept.
    bytes: u64,
    /// The number of messages that were noted as missing.
    missing: u64,
}

impl Kept {
    /// Returns the number of bytes that may still come.
    pub(crate) fn left(&self, limit: u64) -> u64 {
        limit.saturating_sub(self.bytes)
    }

    /// A response of so many bytes was kept.
    pub(crate) fn add(&mut self, size: u64) {
        self.bytes = self.bytes.saturating_add(cost(size));
    }

    /// Bytes of responses that were kept are dropped.
    pub(crate) fn forget(&mut self, bytes: u64) {
        self.bytes = self.bytes.saturating_sub(bytes);
    }

    /// A response was not kept, and which one it was is remembered.
    pub(crate) fn miss(&mut self) {
        self.missing += 1;
    }

    /// Reports whether it is within the limit. The notes of missing messages take memory as well: a
    /// quarter of the limit at most, or 64 KiB.
    pub(crate) fn is_within(&self, limit: u64) -> bool {
        let notes = self.missing.saturating_mul(OVERHEAD);
        self.bytes <= limit && notes <= (limit / 4).max(64 * 1024)
    }
}

/// Returns the memory that a response of so many bytes takes, in bytes.
pub(crate) fn cost(size: u64) -> u64 {
    size.saturating_add(OVERHEAD)
}

/// Reports whether a response of this name is data that this command asks for. It is asked where
/// the response itself is lost. A FETCH looks itself at which messages these are about.
pub(crate) fn is_answer(command: &str, response: &str) -> bool {
    answers_to(command).contains(&response)
}

/// Returns the names of the responses with the data that this command asks for, FETCH excepted.
pub(crate) fn answers_to(command: &str) -> &'static [&'static str] {
    let command = command.to_ascii_uppercase();
    match command.strip_prefix("UID ").unwrap_or(&command) {
        "CAPABILITY" => &["CAPABILITY"],
        "ENABLE" => &["ENABLED"],
        "GETACL" => &["ACL"],
        "GETMETADATA" => &["METADATA"],
        "GETQUOTA" => &["QUOTA"],
        "GETQUOTAROOT" => &["QUOTA", "QUOTAROOT"],
        "ID" => &["ID"],
        "LIST" => &["LIST"],
        "LISTRIGHTS" => &["LISTRIGHTS"],
        "LSUB" => &["LSUB"],
        "MYRIGHTS" => &["MYRIGHTS"],
        "NAMESPACE" => &["NAMESPACE"],
        "SEARCH" => &["SEARCH", "ESEARCH"],
        "SELECT" | "EXAMINE" => &["FLAGS"],
        "SETQUOTA" => &["QUOTA"],
        "SORT" => &["SORT", "SEARCH", "ESEARCH"],
        "STATUS" => &["STATUS"],
        // The flags that resulted, of which the beginning cannot be read.
        "STORE" => &["FETCH"],
        "THREAD" => &["THREAD"],
        "XLIST" => &["XLIST", "LIST"],
        _ => &[],
    }
}

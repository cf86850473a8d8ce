//! Counts the bytes that are kept of an answer.

/// The approximate memory that a response takes in addition to its bytes: the shortest ones have 12
/// bytes and take ten times as much.
const OVERHEAD: u64 = 128;

/// The current size of an answer, which may consist of the answers to several commands.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Kept {
    /// The number of bytes of the responses that were kept.
    bytes: u64,
    /// The number of messages that were noted as missing.
    missing: u64,
}

impl Kept {
    /// Returns the number of bytes that may still be kept.
    pub(crate) fn left(&self, limit: u64) -> u64 {
        limit.saturating_sub(self.bytes)
    }

    /// Counts a response of `size` bytes that was kept.
    pub(crate) fn add(&mut self, size: u64) {
        self.bytes = self.bytes.saturating_add(cost(size));
    }

    /// Subtracts the bytes of responses that were kept and then dropped.
    pub(crate) fn forget(&mut self, bytes: u64) {
        self.bytes = self.bytes.saturating_sub(bytes);
    }

    /// Counts a response that was not kept and is listed as missing.
    pub(crate) fn miss(&mut self) {
        self.missing += 1;
    }

    /// Returns whether the answer is within the limit. The list of missing messages takes memory as
    /// well: at most a quarter of the limit, or 64 KiB.
    pub(crate) fn is_within(&self, limit: u64) -> bool {
        let notes = self.missing.saturating_mul(OVERHEAD);
        self.bytes <= limit && notes <= (limit / 4).max(64 * 1024)
    }
}

/// Returns the memory that a response of `size` bytes takes, in bytes.
pub(crate) fn cost(size: u64) -> u64 {
    size.saturating_add(OVERHEAD)
}

/// Returns whether a response with this name contains data that the command asks for. This is used
/// where the response itself is lost. FETCH instead checks which messages a response is about.
pub(crate) fn is_answer(command: &str, response: &str) -> bool {
    answers_to(command).contains(&response)
}

/// Returns the names of the responses with the data that this command asks for, except for FETCH.
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
        // The resulting flags, if the beginning of the response cannot be decoded.
        "STORE" => &["FETCH"],
        "THREAD" => &["THREAD"],
        "XLIST" => &["XLIST", "LIST"],
        _ => &[],
    }
}

//! The state of a response that is being read, which its readers share.

use crate::{NameEncoding, limits::Limits, token::Cursor};

use super::{fetch::Scratch, source::Source};

/// A response that is being read.
pub(super) struct Reader<'d, 'm, 'a> {
    pub(super) limits: &'d Limits,
    pub(super) names: NameEncoding,
    pub(super) source: Source<'m, 'a>,
    pub(super) cursor: Cursor<'m>,
    pub(super) scratch: &'d mut Scratch,
}

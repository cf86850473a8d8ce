use super::{Arguments, BadRequest};
use std::borrow::Cow;

/// XLIST, which Gmail had before RFC 6154.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Xlist<'a> {
    pub(crate) reference: Cow<'a, [u8]>,
    pub(crate) pattern: Cow<'a, [u8]>,
}

impl<'a> Xlist<'a> {
    pub(super) fn parse(command: &'a [u8]) -> Result<Self, BadRequest> {
        let mut arguments = Arguments::after(command, 1)?;
        arguments.space()?;
        let reference = arguments.astring()?;
        arguments.space()?;
        let pattern = arguments.pattern()?;
        arguments.end()?;
        Ok(Self { reference, pattern })
    }
}

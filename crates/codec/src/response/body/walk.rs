//! Traverses the parts of a body structure.

use super::BodyPart;

/// Iterates over parts, parents before children.
#[derive(Clone)]
pub(super) struct Walk<'a> {
    root: BodyPart<'a>,
    next: Option<BodyPart<'a>>,
    into_messages: bool,
}

impl<'a> Walk<'a> {
    pub(super) fn new(root: BodyPart<'a>, into_messages: bool) -> Self {
        Self {
            root,
            next: Some(root),
            into_messages,
        }
    }

    fn after(&self, part: BodyPart<'a>) -> Option<BodyPart<'a>> {
        let down = if part.is_multipart() || self.into_messages {
            part.first_child()
        } else {
            None
        };
        if down.is_some() {
            return down;
        }
        let mut here = part;
        while !here.is_same_place(&self.root) {
            let sibling = here.sibling();
            if sibling.is_some() {
                return sibling;
            }
            here = here.parent()?;
        }
        None
    }
}

impl<'a> Iterator for Walk<'a> {
    type Item = BodyPart<'a>;

    fn next(&mut self) -> Option<BodyPart<'a>> {
        let part = self.next?;
        self.next = self.after(part);
        Some(part)
    }
}

/// Iterates over the children of a part.
#[derive(Clone)]
pub(super) struct Children<'a> {
    pub(super) next: Option<BodyPart<'a>>,
}

impl<'a> Iterator for Children<'a> {
    type Item = BodyPart<'a>;

    fn next(&mut self) -> Option<BodyPart<'a>> {
        let part = self.next?;
        self.next = part.sibling();
        Some(part)
    }
}

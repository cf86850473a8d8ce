//! The minimum that any reader has to do: find the ends of lines and skip literals.

use memchr::memchr;

/// Finds responses in a growing buffer. For valid input only, since it checks nothing.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Cut {
    start: usize,
    line: usize,
    pos: usize,
}

impl Cut {
    /// Returns the next response in `input`, or `None` if it is not complete.
    pub(crate) fn next<'a>(&mut self, input: &'a [u8]) -> Option<&'a [u8]> {
        loop {
            // Beyond the end while a literal is incomplete.
            let Some(at) = memchr(b'\n', input.get(self.pos..)?) else {
                self.pos = input.len();
                return None;
            };
            let end = self.pos + at;
            let line = &input[self.line..end];
            if line.ends_with(b"}\r")
                && let Some(size) = literal(line)
            {
                self.line = end + 1 + size;
                self.pos = self.line;
                continue;
            }
            let response = &input[self.start..=end];
            *self = Self {
                start: end + 1,
                line: end + 1,
                pos: end + 1,
            };
            return Some(response);
        }
    }

    /// Removes the returned responses, so that `buffer` holds only the rest.
    pub(crate) fn drain(&mut self, buffer: &mut Vec<u8>) {
        buffer.drain(..self.start);
        self.line -= self.start;
        self.pos -= self.start;
        self.start = 0;
    }
}

fn literal(line: &[u8]) -> Option<usize> {
    let line = std::str::from_utf8(line).ok()?.strip_suffix("}\r")?;
    line.rsplit_once('{')?.1.parse().ok()
}

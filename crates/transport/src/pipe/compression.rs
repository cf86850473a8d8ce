//! Compression as the uppermost layer of a pipe.

use super::Pipe;
use crate::{
    Error, Want,
    deflate::{Deflater, Inflater},
};

/// Compression in both directions. It is above TLS.
pub(super) struct Deflate {
    pub(super) inflater: Inflater,
    pub(super) deflater: Deflater,
}

impl Pipe {
    /// Compresses everything that is written from now on, and inflates everything that is read, by
    /// DEFLATE (RFC 1951, raw, with a window of 32 KiB), within TLS if there is TLS. `unread` are
    /// the first bytes of the compressed input, if some of it was [read](Self::read) before.
    ///
    /// From now on [`flush`](Self::flush) has to be called when there is nothing more to write for
    /// now, since the end of the output is held back until then. The states of both directions take
    /// about 400 KiB of memory.
    ///
    /// # Errors
    /// Returns [`Error::AlreadyCompressed`] if compression was started before.
    pub fn start_compression(&mut self, unread: &[u8]) -> Result<(), Error> {
        if self.deflate.is_some() {
            return Err(Error::AlreadyCompressed);
        }
        self.deflate = Some(Box::new(Deflate {
            inflater: Inflater::new(unread),
            deflater: Deflater::new(),
        }));
        self.look_ahead();
        Ok(())
    }

    /// Returns whether compression was started.
    pub fn is_compressed(&self) -> bool {
        self.deflate.is_some()
    }

    /// Declares that there is nothing more to write for now, so that everything written before is
    /// transmitted by the next exchanges. Has an effect on compressed output only, whose end would
    /// be held back to be compressed together with what follows.
    ///
    /// # Errors
    /// Returns an error of the compression, after which nothing more can be written.
    pub fn flush(&mut self) -> Result<(), Error> {
        match &mut self.deflate {
            Some(deflate) => deflate.deflater.flush(&mut self.outgoing),
            None => Ok(()),
        }
    }

    /// Continues a flush for which there was no room.
    pub(super) fn flush_on(&mut self) -> Result<(), Error> {
        match &mut self.deflate {
            Some(deflate) if deflate.deflater.is_flushing() => self.flush(),
            _ => Ok(()),
        }
    }

    /// Returns whether the last byte that was written is certainly still here. Without compression
    /// this is whether [`Want::Flushed`] is not met; with it, the end of what is left to transmit
    /// may have no data in it.
    pub fn holds_end(&self) -> bool {
        match &self.deflate {
            Some(deflate) => deflate.deflater.holds_end(&self.outgoing),
            None => !self.meets(Want::Flushed),
        }
    }

    /// Returns whether the last byte but `behind` that was written is certainly still here.
    pub fn holds(&self, behind: u64) -> bool {
        match &self.deflate {
            _ if behind == 0 => self.holds_end(),
            // The number of compressed bytes does not tell which bytes they are.
            Some(_) => false,
            None => behind < self.outgoing.len() as u64,
        }
    }

    /// Returns whether all plaintext has left the deflater, if there is one.
    pub(super) fn is_deflated(&self) -> bool {
        let deflate = self.deflate.as_ref();
        deflate.is_none_or(|deflate| deflate.deflater.is_flushed())
    }

    /// Reads plaintext through the inflater, which was taken out of the pipe.
    pub(super) fn inflate(
        &mut self,
        mut deflate: Box<Deflate>,
        plaintext: &mut [u8],
    ) -> Result<usize, Error> {
        let result = (deflate.inflater).read(plaintext, &mut |packed| self.read_below(packed));
        self.deflate = Some(deflate);
        result
    }

    /// Inflates a few bytes, if there are any, for [`has_input`](Self::has_input).
    pub(super) fn look_ahead(&mut self) {
        if let Some(mut deflate) = self.deflate.take() {
            (deflate.inflater).look_ahead(&mut |packed| self.read_below(packed));
            self.deflate = Some(deflate);
        }
    }

    /// Returns the error for input that cannot be inflated.
    pub(super) fn damage(&self) -> Option<Error> {
        self.deflate.as_ref()?.inflater.failure()
    }
}

//! Converts the errors of the other crates to errors of the client.

use std::convert::Infallible;

use imapclient_codec::{InvalidArgument, SetError};
use imapclient_engine::Error as Engine;
use imapclient_transport::Error as Transport;

use super::{CompressionProblem, ConnectFailure, Error, TlsFailure, Unrunnable};

/// The error of a [`SeqSet`](crate::SeqSet) or [`UidSet`](crate::UidSet) read from text.
impl From<SetError> for Error {
    fn from(error: SetError) -> Self {
        InvalidArgument::new("message set", error.to_string()).into()
    }
}

/// The error of what cannot fail, such as creating a mechanism without a [`Result`].
impl From<Infallible> for Error {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

impl From<Transport> for Error {
    fn from(error: Transport) -> Self {
        match error {
            Transport::Timeout { waiting, .. } => Self::Timeout {
                awaited: waiting.into(),
                limit: None,
            },
            Transport::Interrupted => Self::Interrupted,
            Transport::Io(source) => Self::Closed {
                end: Box::default(),
                source: Some(source),
            },
            Transport::Inflate => Self::Compression(CompressionProblem::Damaged),
            Transport::CompressionEnded => Self::Compression(CompressionProblem::Ended),
            Transport::AlreadyCompressed => Self::Unrunnable(Unrunnable::Compressed),
            error => match ConnectFailure::new(error) {
                Ok(failure) => Self::Connect(Box::new(failure)),
                Err(error) => Self::Tls(Box::new(TlsFailure::new(error))),
            },
        }
    }
}

impl From<Engine> for Error {
    fn from(error: Engine) -> Self {
        match error {
            Engine::Closed(end) => Self::Closed { end, source: None },
            Engine::Protocol(violation) => Self::Protocol(violation),
            Engine::Limit(overrun) => Self::Limit(overrun),
            Engine::Compressed { .. } => Self::Unrunnable(Unrunnable::Compressed),
            Engine::Busy(busy) => Self::Busy(busy),
            Engine::Invalid(argument) => argument.into(),
            // The engine has no other errors.
            _ => Self::GivenUp,
        }
    }
}

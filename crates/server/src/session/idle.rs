//! IDLE (RFC 2177).

use std::io;

use imap_codec::{
    IdleDoneCodec,
    decode::Decoder as _,
    imap_types::response::{CommandContinuationRequest, Response},
};

use super::{Flow, Input, Session};
use crate::reply::{Outcome, Reply, Stop};

impl Session<'_> {
    /// Reports changes as they occur, until the client sends DONE.
    pub(super) fn idle(&mut self, tag: &str) -> Outcome {
        let idling = CommandContinuationRequest::basic(None, "idling");
        let idling = idling.map_err(io::Error::other)?;
        self.out
            .response(Response::CommandContinuationRequest(idling))?;
        loop {
            self.sync(true, false)?;
            self.tell_news()?;
            self.tell()?;
            match self.read()? {
                Input::Woken => {}
                Input::Command(line) => {
                    // A rule for DONE does not apply to earlier responses.
                    let plan = self.plan("DONE", &line, false);
                    if let Some(gate) = &plan.hold {
                        gate.pass();
                    }
                    if let Some(flow) = self.by_rule(plan, tag)? {
                        return Err(Stop::Answered(flow));
                    }
                    return match IdleDoneCodec::default().decode(&line) {
                        Ok(_) => Ok(Reply::ok("Idled.")),
                        Err(_) => Err(Reply::bad("That is not DONE.").into()),
                    };
                }
                Input::TooLong(_) | Input::Unasked(_) => {
                    return Err(Reply::bad("That is not DONE.").into());
                }
                Input::Answered(flow) => return Err(Stop::Answered(flow)),
                Input::End => return Err(Stop::Answered(Flow::End)),
            }
        }
    }
}

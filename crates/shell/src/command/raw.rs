//! `raw`: sends a command literally.

use clap::Args;
use imapclient::{Answer, Direction};
use serde_json::json;

use crate::{
    failure::Result,
    reply::{Cell, Line, Reply},
    session::Session,
};

#[derive(Debug, Args)]
pub(crate) struct Raw {
    /// The command, without a tag.
    #[arg(
        value_name = "COMMAND",
        required = true,
        allow_hyphen_values = true,
        trailing_var_arg = true
    )]
    words: Vec<String>,
}

impl Raw {
    pub(super) async fn run(self, session: &mut Session) -> Result<Reply> {
        let client = session.client().await?;
        let answer = client.raw(&self.words.join(" ")).await?;
        let Answer {
            responses, status, ..
        } = answer;
        // The log contains the lines themselves, beginning with the command.
        let mut lines: Vec<String> = Vec::new();
        for line in client.wire_log() {
            if line.direction == Direction::Client {
                lines.clear();
            }
            lines.push(line.to_string());
        }
        // Of a long answer it keeps only the end. The command and the tagged response are two more
        // lines.
        let missing = (responses.len() + 2).saturating_sub(lines.len());
        let mut shown: Vec<Line> = Vec::new();
        if missing > 0 {
            let note = format!("{missing} earlier lines were not kept; `json on` shows all");
            shown.push(Line::from(Cell::faint(note)));
        }
        shown.extend(lines.iter().map(|line| Line::from(line.as_str())));
        let json = json!({ "responses": responses, "status": status });
        Ok(Reply::new(json, shown))
    }
}

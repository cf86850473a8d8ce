//! Decodes a recorded server stream from standard input and prints one line for each response:
//!
//! ```text
//! $ cargo run -q -p imapclient-codec --example decode < transcript
//! ok CAPABILITY
//! ok FETCH
//! unknown XFOO
//! malformed a number is missing at 4711
//! 4 responses, 2 ok, 1 unknown, 1 malformed
//! ```
//!
//! Offsets are bytes from the beginning of the stream. A response with a malformed item counts as
//! malformed. With `--json` the lines are JSON and include the values. The exit status is 1 if
//! anything was malformed, and 2 if the stream could not be read.

use std::{
    fmt,
    io::{self, BufWriter, Read, Write},
    process::ExitCode,
};

use imapclient_codec::{Decoder, Frame, Framer, FramerError, Limit, Limits, Response};
use serde_json::{Value, json};

fn main() -> ExitCode {
    let json = match std::env::args().nth(1).as_deref() {
        None => false,
        Some("--json") => true,
        Some(_) => {
            eprintln!("usage: decode [--json] < TRANSCRIPT");
            return ExitCode::from(2);
        }
    };
    match run(io::stdin().lock(), io::stdout().lock(), json) {
        Ok(totals) if totals.malformed == 0 => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        // The reader of the output has closed it early.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

/// Reads all of `input`.
fn run(mut input: impl Read, output: impl Write, json: bool) -> io::Result<Totals> {
    let mut report = Report {
        output: BufWriter::new(output),
        json,
        totals: Totals::default(),
    };
    let mut framer = Framer::new(Limits::default());
    let mut decoder = Decoder::new(Limits::default());
    loop {
        if let Err(error) = frames(&mut framer, &mut decoder, &mut report)? {
            report.line(&Finding::broken(error.to_string(), framer.position()))?;
            break;
        }
        match input.read(framer.space()) {
            Ok(0) if framer.has_input() => {
                let why = "the stream ends within a response".to_owned();
                report.line(&Finding::broken(why, framer.position()))?;
                break;
            }
            Ok(0) => break,
            Ok(n) => framer.filled(n),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    report.end()
}

/// Reads the complete responses.
fn frames(
    framer: &mut Framer,
    decoder: &mut Decoder,
    report: &mut Report<impl Write>,
) -> io::Result<Result<(), FramerError>> {
    loop {
        let start = framer.position();
        let finding = match framer.next_frame() {
            Ok(Some(Frame::Response(message))) => Finding::of(decoder.decode(&message), start),
            Ok(Some(Frame::Oversize { limit, size, .. })) => {
                let what = match limit {
                    Limit::Line => "text",
                    Limit::Literal => "literals",
                };
                Finding::broken(format!("over the limit: {size} bytes of {what}"), start)
            }
            // Literals are not streamed here.
            Ok(Some(_)) => continue,
            Ok(None) => return Ok(Ok(())),
            Err(error) => return Ok(Err(error)),
        };
        report.line(&finding)?;
    }
}

/// The result of decoding a response.
struct Finding {
    verdict: Verdict,
    /// `None` if there is no value.
    value: Option<Response>,
}

enum Verdict {
    Ok { kind: String },
    Unknown { name: String },
    Malformed { why: String, at: u64 },
}

impl Finding {
    /// `start` is the position of the response in the stream.
    fn of(value: Response, start: u64) -> Self {
        let verdict = if let Some(fault) = value.malformed().first() {
            Verdict::Malformed {
                why: fault.why.clone(),
                at: start + fault.at as u64,
            }
        } else if let Response::Unknown(unknown) = &value {
            Verdict::Unknown {
                name: unknown.name.clone(),
            }
        } else {
            Verdict::Ok {
                kind: value.name().to_owned(),
            }
        };
        Self {
            verdict,
            value: Some(value),
        }
    }

    fn broken(why: String, at: u64) -> Self {
        Self {
            verdict: Verdict::Malformed { why, at },
            value: None,
        }
    }

    fn json(&self) -> Value {
        match &self.verdict {
            Verdict::Ok { kind } => json!({ "ok": kind, "value": self.value }),
            Verdict::Unknown { name } => json!({ "unknown": name, "value": self.value }),
            Verdict::Malformed { why, at } => {
                json!({ "malformed": why, "at": at, "value": self.value })
            }
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Server data could contain control characters for the terminal.
        match &self.verdict {
            Verdict::Ok { kind } => write!(f, "ok {}", kind.escape_debug()),
            Verdict::Unknown { name } => write!(f, "unknown {}", name.escape_debug()),
            Verdict::Malformed { why, at } => {
                write!(f, "malformed {} at {at}", why.escape_debug())
            }
        }
    }
}

/// Escapes everything in JSON that could affect a terminal, since JSON itself leaves some of it.
fn harmless(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        // `escape_debug` decides what is printable; JSON has escaped quotes and backslashes
        // already.
        if c.is_ascii_graphic() || c == ' ' || c.escape_debug().eq([c]) {
            text.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                text.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    text
}

#[derive(Clone, Copy, Default)]
struct Totals {
    ok: u64,
    unknown: u64,
    malformed: u64,
}

struct Report<W: Write> {
    output: BufWriter<W>,
    json: bool,
    totals: Totals,
}

impl<W: Write> Report<W> {
    fn line(&mut self, finding: &Finding) -> io::Result<()> {
        *match finding.verdict {
            Verdict::Ok { .. } => &mut self.totals.ok,
            Verdict::Unknown { .. } => &mut self.totals.unknown,
            Verdict::Malformed { .. } => &mut self.totals.malformed,
        } += 1;
        if self.json {
            writeln!(self.output, "{}", harmless(&finding.json().to_string()))
        } else {
            writeln!(self.output, "{finding}")
        }
    }

    fn end(mut self) -> io::Result<Totals> {
        let Totals {
            ok,
            unknown,
            malformed,
        } = self.totals;
        let all = ok + unknown + malformed;
        if self.json {
            let totals = json!({
                "responses": all, "ok": ok, "unknown": unknown, "malformed": malformed,
            });
            writeln!(self.output, "{totals}")?;
        } else {
            writeln!(
                self.output,
                "{all} responses, {ok} ok, {unknown} unknown, {malformed} malformed"
            )?;
        }
        self.output.flush()?;
        Ok(self.totals)
    }
}

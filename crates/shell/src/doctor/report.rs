//! The report: all results, beginning with the cause.

use serde_json::{Map, Value, json};

use crate::{
    escape,
    reply::{Cell, Line, Reply, Style, View},
};

/// Upper bound on a text from outside, in characters.
const LONGEST: usize = 160;

/// The results of all steps.
#[derive(Debug, Default)]
pub(super) struct Report {
    steps: Vec<Step>,
    /// The sentence for a report without problems.
    healthy: String,
    /// `true` once the connection cannot be used any more.
    is_over: bool,
}

/// A step and its result.
#[derive(Debug)]
pub(super) struct Step {
    name: Name,
    outcome: Outcome,
    /// A summary: a sentence without a capital and a full stop.
    summary: String,
    /// Advice in the same form.
    advice: Option<String>,
    details: Vec<Detail>,
    ends: bool,
}

/// The name of a step: for programs, and for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Name(pub(super) &'static str, pub(super) &'static str);

/// The outcome of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Outcome {
    /// The step was not taken, which is not a problem.
    Skipped,
    Good,
    /// It works, but could be better.
    Warning,
    /// It does not work.
    Bad,
}

/// Additional data.
#[derive(Debug)]
struct Detail {
    name: &'static str,
    json: Value,
    shown: Vec<(String, String)>,
}

impl Report {
    pub(super) fn add(&mut self, step: Step) {
        self.is_over |= step.ends;
        self.steps.push(step);
    }

    /// Returns whether one of the steps has ended the connection.
    pub(super) fn is_over(&self) -> bool {
        self.is_over
    }

    /// Sets the sentence for a report without problems.
    pub(super) fn set_healthy(&mut self, sentence: impl Into<String>) {
        self.healthy = sentence.into();
    }

    /// Returns the worst outcome of all steps.
    pub(super) fn verdict(&self) -> Outcome {
        let worst = self.steps.iter().map(|step| step.outcome).max();
        worst.unwrap_or(Outcome::Skipped)
    }

    pub(super) fn json(&self) -> Value {
        let cause = self.cause();
        json!({
            "verdict": self.verdict().word(),
            "cause": cause.map(|step| &step.summary),
            "advice": cause.and_then(|step| step.advice.as_ref()),
            "steps": self.steps.iter().map(Step::json).collect::<Vec<_>>(),
        })
    }

    pub(super) fn reply(&self) -> Reply {
        let cause = self.cause();
        let widest = self.steps.iter().map(Step::widest).max().unwrap_or(0);
        let mut lines = vec![self.headline(), Line::default()];
        for step in &self.steps {
            let told = cause.is_some_and(|cause| std::ptr::eq(cause, step));
            step.show(widest, told, &mut lines);
        }
        Reply::new(self.json(), View::Wrapped(lines))
    }

    /// Returns the first step with the worst outcome, if there is a problem.
    fn cause(&self) -> Option<&Step> {
        let verdict = self.verdict();
        if verdict < Outcome::Warning {
            return None;
        }
        self.steps.iter().find(|step| step.outcome == verdict)
    }

    /// Returns one sentence: the problem, and what to do.
    fn headline(&self) -> Line {
        let Some(step) = self.cause() else {
            return Cell::styled(sentence(&self.healthy), Style::Good).into();
        };
        let what = match &step.advice {
            Some(advice) => format!("{}; {advice}", step.summary),
            None => step.summary.clone(),
        };
        let text = match step.outcome {
            Outcome::Warning => sentence(&format!("it works, but {what}")),
            _ => sentence(&what),
        };
        Cell::styled(text, step.outcome.style()).into()
    }
}

impl Step {
    pub(super) fn new(name: Name, outcome: Outcome, summary: impl Into<String>) -> Self {
        Self {
            name,
            outcome,
            summary: summary.into(),
            advice: None,
            details: Vec::new(),
            ends: false,
        }
    }

    pub(super) fn good(name: Name, summary: impl Into<String>) -> Self {
        Self::new(name, Outcome::Good, summary)
    }

    pub(super) fn warning(name: Name, summary: impl Into<String>) -> Self {
        Self::new(name, Outcome::Warning, summary)
    }

    pub(super) fn bad(name: Name, summary: impl Into<String>) -> Self {
        Self::new(name, Outcome::Bad, summary)
    }

    pub(super) fn skipped(name: Name, summary: impl Into<String>) -> Self {
        Self::new(name, Outcome::Skipped, summary)
    }

    pub(super) fn advice(mut self, advice: impl Into<String>) -> Self {
        self.advice = Some(advice.into());
        self
    }

    /// Sets whether the connection cannot be used after this step.
    pub(super) fn ends(mut self, ends: bool) -> Self {
        self.ends = ends;
        self
    }

    pub(super) fn detail(self, name: &'static str, value: impl Into<String>) -> Self {
        let value = value.into();
        self.rows(name, value.clone(), vec![(name.to_owned(), value)])
    }

    /// Adds several values, shown in one line.
    pub(super) fn list(self, name: &'static str, values: Vec<String>) -> Self {
        let shown = match values.is_empty() {
            true => "none".to_owned(),
            false => values.join(", "),
        };
        self.rows(name, values, vec![(name.to_owned(), shown)])
    }

    /// Adds a value for programs, and rows of name and text for people.
    pub(super) fn rows(
        mut self,
        name: &'static str,
        json: impl Into<Value>,
        shown: Vec<(String, String)>,
    ) -> Self {
        self.details.push(Detail {
            name,
            json: json.into(),
            shown,
        });
        self
    }

    fn json(&self) -> Value {
        let mut json = Map::new();
        json.insert("step".to_owned(), self.name.0.into());
        json.insert("outcome".to_owned(), self.outcome.word().into());
        json.insert("summary".to_owned(), self.summary.as_str().into());
        json.insert("advice".to_owned(), self.advice.as_deref().into());
        for detail in &self.details {
            json.insert(detail.name.replace(' ', "_"), detail.json.clone());
        }
        json.into()
    }

    /// Returns the width of the names on the left.
    fn widest(&self) -> usize {
        let shown = self.details.iter().flat_map(|detail| &detail.shown);
        let names = shown.map(|(name, _)| name.chars().count());
        names.max().unwrap_or(0).max(self.name.1.len())
    }

    /// Adds the lines of the step; `told` omits the advice, which was already shown.
    fn show(&self, widest: usize, told: bool, lines: &mut Vec<Line>) {
        let (mark, style) = (self.outcome.word(), self.outcome.style());
        lines.push(Line(vec![
            Cell::styled(format!("{mark:<4}  "), style),
            Cell::strong(format!("{:<widest$}  ", self.name.1)),
            self.summary.as_str().into(),
        ]));
        let rows = self.details.iter().flat_map(|detail| &detail.shown);
        for (name, text) in rows {
            lines.push(row(widest, name, text.as_str().into()));
        }
        if let Some(advice) = self.advice.as_ref().filter(|_| !told) {
            lines.push(row(widest, "do", Cell::styled(advice, style)));
        }
    }
}

fn row(widest: usize, name: &str, text: Cell) -> Line {
    Line(vec![Cell::faint(format!("      {name:<widest$}  ")), text])
}

impl Outcome {
    fn word(self) -> &'static str {
        match self {
            Self::Skipped => "skip",
            Self::Good => "ok",
            Self::Warning => "warn",
            Self::Bad => "bad",
        }
    }

    fn style(self) -> Style {
        match self {
            Self::Skipped => Style::Faint,
            Self::Good => Style::Good,
            Self::Warning => Style::Warning,
            Self::Bad => Style::Bad,
        }
    }
}

/// Cuts a text from outside, so that a report can contain many.
pub(super) fn short(text: &str) -> String {
    escape::cut(text.trim(), LONGEST).into_owned()
}

/// Adds a capital, and a full stop if there is none.
fn sentence(text: &str) -> String {
    let mut rest = text.chars();
    let first = rest.next().map(char::to_uppercase);
    let first: String = first.into_iter().flatten().collect();
    let stop = if text.ends_with(['.', '?', '!']) {
        ""
    } else {
        "."
    };
    format!("{first}{}{stop}", rest.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: Name = Name("one", "one");

    fn first_line(report: &Report) -> String {
        match report.reply().view {
            View::Wrapped(lines) => lines[0].0[0].text.clone(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_first_of_the_worst_is_the_cause() {
        let mut report = Report::default();
        report.set_healthy("all is well");
        report.add(Step::good(ONE, "fine"));
        assert_eq!(report.verdict(), Outcome::Good);
        assert_eq!(first_line(&report), "All is well.");
        assert_eq!(report.json()["cause"], Value::Null);
        report.add(Step::warning(ONE, "it is old").advice("renew it"));
        report.add(Step::warning(ONE, "it is slow"));
        assert_eq!(first_line(&report), "It works, but it is old; renew it.");
        report.add(Step::bad(ONE, "it is gone"));
        report.add(Step::bad(ONE, "and so is this"));
        assert_eq!(report.verdict(), Outcome::Bad);
        assert_eq!(first_line(&report), "It is gone.");
        let json = report.json();
        assert_eq!(
            (&json["verdict"], &json["cause"]),
            (&"bad".into(), &"it is gone".into())
        );
        assert_eq!(json["advice"], Value::Null);
        assert_eq!(json["steps"][1]["advice"], "renew it");
    }
}

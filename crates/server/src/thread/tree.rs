use imap_codec::imap_types::{
    core::{Vec1, Vec2},
    extensions::thread::Thread,
};
use std::num::NonZeroU32;

/// How often threads may branch inside one another. Deeper answers are told as one line of descent.
const DEEPEST: usize = 200;

/// A thread while it is put together, from its leaves to its root.
#[derive(Debug, Default)]
pub(super) struct Tree {
    /// The messages before the first branch, the root last; none under a dummy.
    line: Vec<NonZeroU32>,
    /// At least two, or none.
    branches: Vec<Self>,
    /// How often it branches.
    depth: usize,
}

impl Tree {
    /// A message without answers.
    pub(super) fn leaf(number: NonZeroU32) -> Self {
        Self {
            line: vec![number],
            ..Self::default()
        }
    }

    /// It with answers; it must have none yet. A default tree is a dummy.
    pub(super) fn over(self, mut answers: Vec<Self>) -> Self {
        let line = self.line;
        match answers.len() {
            0 => Self { line, ..self },
            1 => {
                let mut only = answers.remove(0);
                only.line.extend(line);
                only
            }
            _ => {
                let depth = 1 + answers.iter().map(|a| a.depth).max().unwrap_or(0);
                if depth <= DEEPEST {
                    return Self {
                        line,
                        branches: answers,
                        depth,
                    };
                }
                let mut all = Vec::new();
                for answer in answers {
                    answer.flatten(&mut all);
                }
                all.reverse();
                all.extend(line);
                Self {
                    line: all,
                    ..Self::default()
                }
            }
        }
    }

    /// All its messages, the root first.
    fn flatten(self, all: &mut Vec<NonZeroU32>) {
        let mut waiting = vec![self];
        while let Some(mut tree) = waiting.pop() {
            all.extend(tree.line.iter().rev());
            waiting.extend(tree.branches.drain(..).rev());
        }
    }

    fn into_thread(self) -> Option<Thread> {
        let mut line = self.line;
        line.reverse();
        let branches: Vec<_> = self
            .branches
            .into_iter()
            .filter_map(Self::into_thread)
            .collect();
        let answers = Vec2::try_from(branches).ok();
        match (Vec1::try_from(line), answers) {
            (Ok(prefix), answers) => Some(Thread::Members { prefix, answers }),
            (Err(_), Some(answers)) => Some(Thread::Nested { answers }),
            (Err(_), None) => None,
        }
    }
}

/// The threads as they are told.
pub(super) fn forest(trees: Vec<Tree>) -> Vec<Thread> {
    trees.into_iter().filter_map(Tree::into_thread).collect()
}

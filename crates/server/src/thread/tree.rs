//! Threads as trees of messages.

use std::num::NonZeroU32;

use imap_codec::imap_types::{
    core::{Vec1, Vec2},
    extensions::thread::Thread,
};

/// The maximum depth of nested branches. Deeper replies become one line of descent.
const DEEPEST: usize = 200;

/// A thread under construction, from its leaves to its root.
#[derive(Debug, Default)]
pub(super) struct Tree {
    /// The messages before the first branch, the root last; empty under a dummy.
    line: Vec<NonZeroU32>,
    /// The branches, at least two or none.
    branches: Vec<Self>,
    /// The depth of nested branches.
    depth: usize,
}

impl Tree {
    /// Returns a message without replies.
    pub(super) fn leaf(number: NonZeroU32) -> Self {
        Self {
            line: vec![number],
            ..Self::default()
        }
    }

    /// Adds replies to a tree, which must not have any yet. A default tree is a dummy.
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

    /// Appends all messages of the thread, the root first.
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

/// Converts the threads for the response.
pub(super) fn forest(trees: Vec<Tree>) -> Vec<Thread> {
    trees.into_iter().filter_map(Tree::into_thread).collect()
}

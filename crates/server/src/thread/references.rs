//! REFERENCES (RFC 5256 §3).

use std::collections::HashMap;

use imap_codec::imap_types::extensions::thread::Thread;

use super::{
    BaseSubject, Member,
    tree::{Tree, forest},
};

/// Builds threads by references, or by subject if there are none.
pub(super) fn thread(members: Vec<Member>) -> Vec<Thread> {
    let mut graph = Graph::link(members);
    let mut roots = graph.prune();
    graph.sort(&mut roots);
    let mut roots = graph.gather(roots);
    graph.sort(&mut roots);
    forest(graph.into_trees(&roots))
}

/// Messages, and dummies for missing messages that are referred to.
struct Graph {
    nodes: Vec<Node>,
}

#[derive(Default)]
struct Node {
    /// The message; `None` for a dummy.
    member: Option<Member>,
    parent: Option<usize>,
    children: Vec<usize>,
}

impl Graph {
    /// Step 1: determines the parents.
    fn link(members: Vec<Member>) -> Self {
        let mut graph = Self { nodes: Vec::new() };
        let mut by_id: HashMap<String, usize> = HashMap::new();
        // All messages are placed first. Of two with the same Message-ID, the first one has it.
        let mut placed = Vec::new();
        for mut member in members {
            let references = std::mem::take(&mut member.references);
            let id = member.id.take().filter(|id| !by_id.contains_key(id));
            let at = graph.add(Some(member));
            if let Some(id) = id {
                by_id.insert(id, at);
            }
            placed.push((at, references));
        }
        for (at, references) in placed {
            let mut last = None;
            for id in references {
                let next = *by_id.entry(id).or_insert_with(|| graph.add(None));
                if let Some(parent) = last
                    && graph.nodes[next].parent.is_none()
                {
                    graph.adopt(parent, next);
                }
                last = Some(next);
            }
            // The references of the message itself override those of others.
            if let Some(parent) = last {
                graph.adopt(parent, at);
            }
        }
        for at in 0..graph.nodes.len() {
            if let Some(parent) = graph.nodes[at].parent {
                graph.nodes[parent].children.push(at);
            }
        }
        graph
    }

    fn add(&mut self, member: Option<Member>) -> usize {
        self.nodes.push(Node {
            member,
            ..Node::default()
        });
        self.nodes.len() - 1
    }

    /// Makes one node the parent of another, unless that would be a loop.
    fn adopt(&mut self, parent: usize, child: usize) {
        let mut above = Some(parent);
        while let Some(at) = above {
            if at == child {
                return;
            }
            above = self.nodes[at].parent;
        }
        self.nodes[child].parent = Some(parent);
    }

    /// Steps 2 and 3: returns the roots, without unnecessary dummies.
    fn prune(&mut self) -> Vec<usize> {
        let roots: Vec<_> = (0..self.nodes.len())
            .filter(|&at| self.nodes[at].parent.is_none())
            .collect();
        for at in self.upwards(&roots) {
            let children = std::mem::take(&mut self.nodes[at].children);
            let mut kept = Vec::new();
            for child in children {
                if self.nodes[child].member.is_some() {
                    kept.push(child);
                } else {
                    kept.append(&mut self.nodes[child].children);
                }
            }
            self.nodes[at].children = kept;
        }
        let mut kept = Vec::new();
        for root in roots {
            let is_dummy = self.nodes[root].member.is_none();
            match self.nodes[root].children[..] {
                [] if is_dummy => {}
                [only] if is_dummy => kept.push(only),
                _ => kept.push(root),
            }
        }
        kept
    }

    /// Steps 4 and 6: sorts siblings by date. A dummy has the date of its first child.
    fn sort(&mut self, roots: &mut [usize]) {
        for at in self.upwards(roots) {
            let mut children = std::mem::take(&mut self.nodes[at].children);
            children.sort_by_key(|&child| self.sent(child));
            self.nodes[at].children = children;
        }
        roots.sort_by_key(|&root| self.sent(root));
    }

    /// Step 5: joins the roots with the same base subject.
    fn gather(&mut self, roots: Vec<usize>) -> Vec<usize> {
        let mut table: HashMap<String, usize> = HashMap::new();
        for &root in &roots {
            let Some(subject) = self.subject(root) else {
                continue;
            };
            match table.get_mut(&subject.text) {
                None => {
                    table.insert(subject.text.clone(), root);
                }
                Some(held) => {
                    let better = self.is_dummy(root) || self.is_reply(*held) && !subject.is_reply;
                    if !self.is_dummy(*held) && better {
                        *held = root;
                    }
                }
            }
        }
        let mut kept = Vec::new();
        for root in roots {
            let subject = self.subject(root).map(|subject| subject.text.clone());
            let Some((subject, held)) = subject
                .and_then(|subject| table.get(&subject).map(|&held| (subject, held)))
                .filter(|&(_, held)| held != root)
            else {
                kept.push(root);
                continue;
            };
            if self.is_dummy(held) && self.is_dummy(root) {
                let mut children = std::mem::take(&mut self.nodes[root].children);
                self.nodes[held].children.append(&mut children);
            } else if self.is_dummy(held) || self.is_reply(root) && !self.is_reply(held) {
                self.nodes[held].children.push(root);
            } else {
                let joint = self.add(None);
                self.nodes[joint].children = vec![held, root];
                table.insert(subject, joint);
                kept.retain(|&other| other != held);
                kept.push(joint);
            }
        }
        kept
    }

    /// Returns the nodes, children before their parents.
    fn upwards(&self, roots: &[usize]) -> Vec<usize> {
        let mut order = roots.to_vec();
        let mut at = 0;
        while let Some(&node) = order.get(at) {
            at += 1;
            order.extend(&self.nodes[node].children);
        }
        order.reverse();
        order
    }

    fn into_trees(self, roots: &[usize]) -> Vec<Tree> {
        let mut trees: HashMap<usize, Tree> = HashMap::new();
        for at in self.upwards(roots) {
            let node = &self.nodes[at];
            let member = node.member.as_ref();
            let own = member.map_or_else(Tree::default, |m| Tree::leaf(m.number));
            let answers = node.children.iter().filter_map(|child| trees.remove(child));
            let tree = own.over(answers.collect());
            trees.insert(at, tree);
        }
        roots.iter().filter_map(|root| trees.remove(root)).collect()
    }

    fn is_dummy(&self, at: usize) -> bool {
        self.nodes[at].member.is_none()
    }

    fn is_reply(&self, at: usize) -> bool {
        let member = self.nodes[at].member.as_ref();
        member.is_some_and(|member| member.subject.is_reply)
    }

    /// Returns the message, or the first child of a dummy. Returns `None` only for a dummy without
    /// children, which is never a root.
    fn first(&self, mut at: usize) -> Option<&Member> {
        while self.nodes[at].member.is_none() {
            at = *self.nodes[at].children.first()?;
        }
        self.nodes[at].member.as_ref()
    }

    fn sent(&self, at: usize) -> Option<(i64, u32)> {
        self.first(at).map(|member| member.sent)
    }

    /// Returns the base subject of a root, if it has one.
    fn subject(&self, at: usize) -> Option<&BaseSubject> {
        let subject = &self.first(at)?.subject;
        (!subject.text.is_empty()).then_some(subject)
    }
}

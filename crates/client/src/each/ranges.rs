//! Sets of numbers that are mostly consecutive.

/// Numbers as ranges in ascending order, which neither overlap nor touch each other.
#[derive(Debug, Default)]
pub(super) struct Ranges(Vec<(u32, u32)>);

impl Ranges {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the number of ranges.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns the number of numbers.
    pub(super) fn count(&self) -> usize {
        let counts = self
            .0
            .iter()
            .map(|(first, last)| (last - first) as usize + 1);
        counts.fold(0, usize::saturating_add)
    }

    /// Returns the numbers in ascending order.
    pub(super) fn numbers(&self) -> impl Iterator<Item = u32> + '_ {
        self.0.iter().flat_map(|(first, last)| *first..=*last)
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// Returns the index of the first range that does not end before `number`.
    fn index(&self, number: u32) -> usize {
        self.0.partition_point(|(_, last)| *last < number)
    }

    pub(super) fn contains(&self, number: u32) -> bool {
        let range = self.0.get(self.index(number));
        range.is_some_and(|(first, _)| *first <= number)
    }

    pub(super) fn insert(&mut self, number: u32) {
        // Servers send most answers in ascending order.
        let at = match self.0.last() {
            Some((_, last)) if *last < number => self.0.len(),
            _ => self.index(number),
        };
        if self.0.get(at).is_some_and(|(first, _)| *first <= number) {
            return;
        }
        let touches_next = self.0.get(at).is_some_and(|(first, _)| first - 1 == number);
        let before = at.checked_sub(1).and_then(|before| self.0.get_mut(before));
        match before.filter(|(_, last)| last.checked_add(1) == Some(number)) {
            Some(before) => before.1 = number,
            None => {
                self.0.insert(at, (number, number));
                self.join(at, touches_next);
                return;
            }
        }
        self.join(at - 1, touches_next);
    }

    /// Joins the range at an index with the one after it.
    fn join(&mut self, at: usize, touches: bool) {
        if touches {
            let (_, last) = self.0.remove(at + 1);
            self.0[at].1 = last;
        }
    }

    pub(super) fn remove(&mut self, number: u32) {
        let at = self.index(number);
        match self.0.get(at).copied() {
            Some((first, last)) if first <= number => {
                let before = (first < number).then(|| (first, number - 1));
                let after = (number < last).then(|| (number + 1, last));
                self.0.splice(at..=at, before.into_iter().chain(after));
            }
            _ => {}
        }
    }

    /// Removes a number, and lowers those after it by one.
    pub(super) fn expunge(&mut self, number: u32) {
        self.remove(number);
        let at = self.index(number);
        for (first, last) in &mut self.0[at..] {
            *first -= 1;
            *last -= 1;
        }
        if let Some(before) = at.checked_sub(1) {
            let touches = self
                .0
                .get(at)
                .is_some_and(|(first, _)| first - 1 == self.0[before].1);
            self.join(before, touches);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::Ranges;

    /// Lowers the numbers above a removed one.
    fn expunge(numbers: &BTreeSet<u32>, removed: u32) -> BTreeSet<u32> {
        let kept = numbers.iter().filter(|number| **number != removed);
        kept.map(|number| number - u32::from(*number > removed))
            .collect()
    }

    proptest! {
        #[test]
        fn they_are_a_set(
            changes in proptest::collection::vec((0..4_u8, prop_oneof![1..20_u32, Just(u32::MAX)]), 0..60),
        ) {
            let (mut ranges, mut numbers) = (Ranges::default(), BTreeSet::new());
            for (change, number) in changes {
                match change {
                    0 => {
                        ranges.remove(number);
                        numbers.remove(&number);
                    }
                    1 => {
                        ranges.expunge(number);
                        numbers = expunge(&numbers, number);
                    }
                    _ => {
                        ranges.insert(number);
                        numbers.insert(number);
                    }
                }
                prop_assert!(ranges.numbers().eq(numbers.iter().copied()));
                prop_assert_eq!(ranges.count(), numbers.len());
                prop_assert!(ranges.0.windows(2).all(|pair| pair[0].1 + 1 < pair[1].0));
                for number in 0..22 {
                    prop_assert_eq!(ranges.contains(number), numbers.contains(&number));
                }
            }
        }
    }
}

//! A realistic account, generated from a seed.

mod compose;
mod encode;
mod mail;
mod people;
mod random;
mod texts;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use chrono::{DateTime, Duration, FixedOffset};
use imap_codec::imap_types::{core::Atom, flag::Flag};

use self::{
    compose::{Composer, Shape},
    mail::Mail,
    random::Random,
    texts::Tongue,
};
use super::{
    message::Message,
    store::{AccountId, Draft, Flags, Labels, SpecialUse, Store, StoreError},
};

/// The time of the oldest message: Monday, 8 January 2024.
const BEGIN: i64 = 1_704_700_000;

impl Store {
    /// Adds several hundred messages in several mailboxes, which depend only on the seed and the
    /// user: conversations, attachments, inline images, headers in several languages, mailing
    /// lists, drafts, junk, large and empty bodies, flags and keywords.
    ///
    /// Messages are added to existing mailboxes.
    ///
    /// # Errors
    /// [`StoreError::OverQuota`] if the quota of the account is too small.
    pub(crate) fn fill(&mut self, account: AccountId, seed: u64) -> Result<(), StoreError> {
        let user = self.of(account).user().to_owned();
        let mut sample = Sample {
            store: self,
            account,
            composer: Composer::new(&user, Random::new(seed)),
            clock: BEGIN,
        };
        sample.folders()?;
        sample.correspondence("INBOX", 110)?;
        sample.shapes("INBOX")?;
        sample.list("Lists/mail-dev", 120)?;
        sample.correspondence("Archive/2023", 60)?;
        sample.sent(40)?;
        sample.drafts(6)?;
        sample.junk(25)?;
        sample.trash(15)?;
        sample.speaking("Reisen/Zürich", Tongue::German, 12)?;
        sample.speaking("日本語", Tongue::Japanese, 10)?;
        sample.speaking("Прочее", Tongue::Russian, 8)?;
        sample.correspondence("Tom & Jerry", 4)
    }
}

struct Sample<'a> {
    store: &'a mut Store,
    account: AccountId,
    composer: Composer,
    /// The time of the last message, in seconds since 1970.
    clock: i64,
}

type Done = Result<(), StoreError>;

impl Sample<'_> {
    fn folders(&mut self) -> Done {
        for (name, purpose) in [
            ("Archive", Some(SpecialUse::Archive)),
            ("Archive/2023", None),
            ("Drafts", Some(SpecialUse::Drafts)),
            ("Empty", None),
            ("Junk", Some(SpecialUse::Junk)),
            ("Lists/mail-dev", None),
            ("Reisen", None),
            ("Reisen/Zürich", None),
            ("Sent", Some(SpecialUse::Sent)),
            ("Tom & Jerry", None),
            ("Trash", Some(SpecialUse::Trash)),
            ("Прочее", None),
            ("日本語", None),
        ] {
            match self.store.create(self.account, name) {
                Ok(_) | Err(StoreError::AlreadyExists) => {}
                Err(error) => return Err(error),
            }
            if let Some(purpose) = purpose {
                self.store
                    .set_special_use(self.account, name, vec![purpose])?;
            }
            if !matches!(name, "Empty" | "Junk") {
                self.store.subscribe(self.account, name)?;
            }
        }
        Ok(())
    }

    /// Adds conversations of a few messages each, in any language.
    fn correspondence(&mut self, name: &str, count: usize) -> Done {
        let mut left = count;
        while left > 0 {
            let tongue = *self.random().pick(&Tongue::ALL);
            left -= self.conversation(name, tongue, left)?;
        }
        Ok(())
    }

    fn speaking(&mut self, name: &str, tongue: Tongue, count: usize) -> Done {
        let mut left = count;
        while left > 0 {
            left -= self.conversation(name, tongue, left)?;
        }
        Ok(())
    }

    /// Adds one conversation. Returns the number of its messages, which is limited.
    fn conversation(
        &mut self,
        name: &str,
        tongue: Tongue,
        most: usize,
    ) -> Result<usize, StoreError> {
        let length = most.min(1 + self.random().below(5) * self.random().below(2));
        let mut thread: Vec<Mail> = Vec::new();
        for _ in 0..length {
            let at = self.tick();
            let mail = match thread.len() {
                0 => {
                    let shape = self.composer.any_shape();
                    self.composer.letter(shape, tongue, at)
                }
                len => {
                    let to = self.random().below(len);
                    self.composer.reply(&thread[to], tongue, at)
                }
            };
            // Some messages are replies to messages that are not in the mailbox.
            if !self.random().chance(7) || thread.is_empty() {
                let flags = self.flags();
                self.deliver(name, &mail, flags)?;
            }
            thread.push(mail);
        }
        Ok(length)
    }

    /// Adds one letter of each shape, so that none is missing.
    fn shapes(&mut self, name: &str) -> Done {
        for shape in Shape::ALL {
            let tongue = *self.random().pick(&Tongue::ALL);
            let at = self.tick();
            let mail = self.composer.letter(shape, tongue, at);
            let flags = self.flags();
            self.deliver(name, &mail, flags)?;
        }
        Ok(())
    }

    /// Adds long discussions with the subjects of a mailing list.
    fn list(&mut self, name: &str, count: usize) -> Done {
        let mut thread: Vec<Mail> = Vec::new();
        for _ in 0..count {
            if self.random().chance(12) {
                thread.clear();
            }
            let at = self.tick();
            let mail = if thread.is_empty() {
                self.composer.post(None, at)
            } else {
                let to = self.random().below(thread.len());
                self.composer.post(Some(&thread[to]), at)
            };
            let flags = self.flags();
            self.deliver(name, &mail, flags)?;
            thread.push(mail);
        }
        Ok(())
    }

    fn sent(&mut self, count: usize) -> Done {
        for _ in 0..count {
            let tongue = *self.random().pick(&Tongue::ALL);
            let at = self.tick();
            let mail = self.composer.own(tongue, at);
            self.deliver("Sent", &mail, vec![Flag::Seen])?;
        }
        Ok(())
    }

    fn drafts(&mut self, count: usize) -> Done {
        for _ in 0..count {
            let at = self.tick();
            let mut mail = self.composer.own(Tongue::English, at);
            mail.remove("Date");
            mail.remove("Message-ID");
            if self.random().chance(50) {
                mail.remove("To");
                mail.remove("Subject");
            }
            self.deliver("Drafts", &mail, vec![Flag::Draft, Flag::Seen])?;
        }
        Ok(())
    }

    fn junk(&mut self, count: usize) -> Done {
        for _ in 0..count {
            let at = self.tick();
            let mail = self.composer.junk(at);
            self.deliver("Junk", &mail, vec![keyword("$Junk")])?;
        }
        Ok(())
    }

    fn trash(&mut self, count: usize) -> Done {
        for number in 0..count {
            let at = self.tick();
            let mail = self.composer.letter(Shape::Plain, Tongue::English, at);
            let mut flags = vec![Flag::Seen];
            if number % 3 == 0 {
                flags.push(Flag::Deleted);
            }
            self.deliver("Trash", &mail, flags)?;
        }
        Ok(())
    }

    /// Returns flags that a user may have set.
    fn flags(&mut self) -> Vec<Flag<'static>> {
        let random = self.random();
        let mut flags = Vec::new();
        for (percent, flag) in [
            (60, Flag::Seen),
            (20, Flag::Answered),
            (10, Flag::Flagged),
            (5, keyword("$Forwarded")),
            (4, keyword("$MDNSent")),
            (6, keyword("Work")),
            (3, keyword("to-do")),
        ] {
            if random.chance(percent) {
                flags.push(flag);
            }
        }
        flags
    }

    /// Advances the clock by minutes or hours, and returns the sending time of the next message,
    /// which may be long before for a delayed one.
    fn tick(&mut self) -> i64 {
        self.clock += 120 + self.seconds(36_000);
        if self.random().chance(8) {
            self.clock - self.seconds(200_000)
        } else {
            self.clock
        }
    }

    fn seconds(&mut self, limit: usize) -> i64 {
        i64::try_from(self.random().below(limit)).unwrap_or_default()
    }

    fn deliver(&mut self, name: &str, mail: &Mail, flags: Vec<Flag<'static>>) -> Done {
        let delay = Duration::seconds(1 + self.clock.rem_euclid(40));
        let received = DateTime::from_timestamp(self.clock, 0).zip(zone(self.clock));
        let draft = Draft {
            message: Arc::new(Message::new(mail.bytes())),
            flags: Flags::new(&flags)?,
            date: received.map(|(at, zone)| (at + delay).with_timezone(&zone)),
            labels: Labels::default(),
        };
        self.store.append(self.account, name, draft).map(drop)
    }

    fn random(&mut self) -> &mut Random {
        &mut self.composer.random
    }
}

/// Returns the offset of the server's time zone, which has daylight saving time.
fn zone(at: i64) -> Option<FixedOffset> {
    let summer = (90..300).contains(&(at.div_euclid(86_400) % 365));
    FixedOffset::east_opt(if summer { 7200 } else { 3600 })
}

fn keyword(name: &'static str) -> Flag<'static> {
    Flag::Keyword(Atom::unvalidated(name))
}

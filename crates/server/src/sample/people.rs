//! The senders and recipients of the sample mail.

use super::encode::{Words, words};

/// A sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Person {
    pub(super) name: &'static str,
    pub(super) address: &'static str,
    /// The offset of the time zone in hours.
    pub(super) zone: i32,
}

const fn person(name: &'static str, address: &'static str, zone: i32) -> Person {
    Person {
        name,
        address,
        zone,
    }
}

/// The senders.
pub(super) const PEOPLE: [Person; 16] = [
    person("Alice Archer", "alice@example.com", 0),
    person("Jörg Müller", "joerg.mueller@example.de", 1),
    person("Zoë Girard", "zoe.girard@example.fr", 1),
    person("山田 太郎", "taro.yamada@example.jp", 9),
    person("Иван Петров", "ivan.petrov@example.ru", 3),
    person("Smith, John Q.", "john.smith@example.com", -5),
    person("Σοφία Παππά", "sofia@example.gr", 2),
    person("Łukasz Żak", "lukasz.zak@example.pl", 1),
    person("عمر حداد", "omar.haddad@example.org", 2),
    person("José Ñúñez", "jose.nunez@example.es", 1),
    person("李小龙", "xiaolong.li@example.cn", 8),
    person("Priya \"Pri\" Sharma", "priya@example.in", 5),
    person("", "noreply@shop.example", 0),
    person("O'Neil (Ops)", "ops@example.net", -8),
    person("Åsa Öberg", "asa.oberg@example.se", 1),
    person("김민수", "minsu.kim@example.kr", 9),
];

impl Person {
    /// Returns the person in the form for a header.
    pub(super) fn written(&self, how: Words) -> String {
        written(self.name, self.address, how)
    }
}

/// Returns a name and an address in the form for a header.
pub(super) fn written(name: &str, address: &str, how: Words) -> String {
    let is_atom = |c: char| c.is_ascii_alphanumeric() || c == ' ';
    if name.is_empty() {
        address.to_owned()
    } else if !name.is_ascii() {
        format!("{} <{address}>", words(name, how))
    } else if name.chars().all(is_atom) {
        format!("{name} <{address}>")
    } else {
        let quoted = name.replace('"', "\\\"");
        format!("\"{quoted}\" <{address}>")
    }
}

//! The texts of the sample mail, in several languages.

/// The language of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tongue {
    English,
    German,
    French,
    Spanish,
    Polish,
    Greek,
    Russian,
    Japanese,
    Chinese,
    Arabic,
}

impl Tongue {
    pub(super) const ALL: [Self; 10] = [
        Self::English,
        Self::German,
        Self::French,
        Self::Spanish,
        Self::Polish,
        Self::Greek,
        Self::Russian,
        Self::Japanese,
        Self::Chinese,
        Self::Arabic,
    ];

    /// Returns the subjects of letters.
    pub(super) fn subjects(self) -> &'static [&'static str] {
        match self {
            Self::English => &[
                "Lunch on Thursday?",
                "Minutes of the meeting",
                "Your order has been shipped",
                "Draft of the contract, please comment",
                "Broken build on the main branch",
                "Photos of the garden",
            ],
            Self::German => &[
                "Zugverbindung nach Zürich",
                "Grüße aus dem Allgäu",
                "Rückfrage zum Vertrag über die Übernahme der Räume",
                "Prüfung der Änderungen",
            ],
            Self::French => &[
                "Réunion reportée à mercredi",
                "Où sont les clés de l'entrepôt ?",
                "Facture n° 2024-117",
            ],
            Self::Spanish => &["¿Qué hacemos mañana?", "Año nuevo, oficina nueva"],
            Self::Polish => &["Zażółć gęślą jaźń", "Zaproszenie na śniadanie"],
            Self::Greek => &["Καλημέρα από την Αθήνα", "Το ταξίδι του Σεπτεμβρίου"],
            Self::Russian => &["Встреча в четверг", "Отчёт за первый квартал"],
            Self::Japanese => &["来週の会議について", "お見積りのお願い"],
            Self::Chinese => &["关于下周的安排", "新年快乐"],
            Self::Arabic => &["موعد الاجتماع القادم", "شكرا جزيلا"],
        }
    }

    /// Returns the sentences of letters.
    pub(super) fn sentences(self) -> &'static [&'static str] {
        match self {
            Self::English => &[
                "I have read it twice and still do not see where the third figure comes from.",
                "Could you bring the blue folder along, the one with the old plans?",
                "The train was late again, so we missed the first half.",
                "Nothing urgent, answer when you find the time.",
                "From here on it gets interesting.",
                "They say it will rain until Friday.",
            ],
            Self::German => &[
                "Die Schlüssel liegen wie üblich unter dem größeren Blumentopf.",
                "Ich wäre für den früheren Zug, der spätere hält nicht in Würzburg.",
                "Über die Höhe müssten wir noch einmal sprechen.",
                "Schöne Grüße auch an die Nachbarn.",
            ],
            Self::French => &[
                "Le dossier était déjà prêt à l'étage, près de la fenêtre.",
                "J'espère que ça ira mieux dès lundi.",
                "Voilà où nous en sommes ; la suite après l'été.",
            ],
            Self::Spanish => &[
                "El niño del señor Muñoz ya está mejor.",
                "¡Qué alegría! Nos vemos el sábado.",
            ],
            Self::Polish => &[
                "Proszę o odpowiedź do końca tygodnia.",
                "Książki leżą już na półce.",
            ],
            Self::Greek => &[
                "Η θάλασσα είναι ακόμα ζεστή.",
                "Θα σας γράψω ξανά την Τρίτη.",
            ],
            Self::Russian => &[
                "Документы лежат на столе у окна.",
                "Позвоните, пожалуйста, после обеда.",
            ],
            Self::Japanese => &[
                "資料は金曜日までにお送りします。",
                "どうぞよろしくお願いいたします。",
            ],
            Self::Chinese => &["请在周五之前回复。", "附件是最新的版本。"],
            Self::Arabic => &["أرجو الرد قبل يوم الخميس.", "الوثائق مرفقة."],
        }
    }
}

/// The subjects of the mailing list.
pub(super) const LIST_SUBJECTS: [&str; 6] = [
    "Folding of long header fields",
    "Release 2.4 candidate",
    "Does IDLE survive a change of address?",
    "[PATCH] Count literals as bytes, not as characters",
    "Mailbox names beyond ASCII",
    "Why UIDs?",
];

/// The subjects of junk.
pub(super) const JUNK_SUBJECTS: [&str; 5] = [
    "You have WON!!!",
    "Cheap watches \u{2605}\u{2605}\u{2605}",
    "Re: your account",
    "Ur package is waiting",
    "Geld verdienen für Anfänger",
];

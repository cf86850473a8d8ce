//! Combines the sources of options as layers, using the `config` crate.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use config::{ConfigError, File, Map, Source, Value, ValueKind};

use crate::format::{HEADERS, IniFormat, SECTIONS};
use crate::ini::DEFAULT;
use crate::interpolate::interpolate;
use crate::options;
use crate::{Error, Place};

/// The source of a value. A later variant overrides an earlier one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Origin {
    BuiltIn,
    Environment,
    File { line: usize, column: usize },
    Override,
}

impl Origin {
    pub(crate) fn is_file(self) -> bool {
        matches!(self, Self::File { .. })
    }

    /// Returns the text that a `config::Value` carries as its origin.
    pub(crate) fn encode(self) -> String {
        match self {
            Self::BuiltIn => "built-in".into(),
            Self::Environment => "environment".into(),
            Self::File { line, column } => format!("{line}:{column}"),
            Self::Override => "override".into(),
        }
    }

    fn decode(text: &str) -> Option<Self> {
        Some(match text {
            "built-in" => Self::BuiltIn,
            "environment" => Self::Environment,
            "override" => Self::Override,
            _ => {
                let (line, column) = text.split_once(':')?;
                Self::File {
                    line: line.parse().ok()?,
                    column: column.parse().ok()?,
                }
            }
        })
    }
}

/// A layer of options of `[DEFAULT]` below or above the file.
#[derive(Clone)]
pub(crate) struct Layer {
    pub(crate) origin: Origin,
    pub(crate) options: Vec<(String, String)>,
}

// Shows only names, since values may be passwords.
impl fmt::Debug for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.options.iter().map(|(name, _)| name);
        f.debug_set().entries(names).finish()
    }
}

impl Source for Layer {
    fn clone_into_box(&self) -> Box<dyn Source + Send + Sync> {
        Box::new(self.clone())
    }

    fn collect(&self) -> Result<Map<String, Value>, ConfigError> {
        let origin = self.origin.encode();
        let table: Map<String, Value> = self
            .options
            .iter()
            .map(|(name, text)| (name.clone(), Value::new(Some(&origin), text.as_str())))
            .collect();
        let sections = Map::from_iter([(DEFAULT.to_owned(), Value::new(None, table))]);
        Ok(Map::from_iter([(
            SECTIONS.to_owned(),
            Value::new(None, sections),
        )]))
    }
}

/// The sources of [`Layers`].
pub(crate) struct Sources<'a> {
    pub(crate) file: &'a str,
    /// The text of the file, if there is one.
    pub(crate) text: Option<&'a str>,
    pub(crate) environment: Layer,
    pub(crate) overrides: Layer,
    /// `true` if `%` has no special meaning.
    pub(crate) raw: bool,
    pub(crate) home: Option<PathBuf>,
}

/// All sections with all values, before references are replaced.
pub(crate) struct Layers {
    file: String,
    sections: BTreeMap<String, BTreeMap<String, Raw>>,
    headers: HashMap<String, usize>,
    raw: bool,
    home: Option<PathBuf>,
    /// The unknown options that a reference used, so that they cause no warning.
    used: RefCell<BTreeSet<String>>,
}

/// A value as written.
pub(crate) struct Raw {
    pub(crate) text: String,
    pub(crate) origin: Origin,
}

impl Layers {
    pub(crate) fn new(sources: Sources<'_>) -> Result<Self, Error> {
        let built_in = Layer {
            origin: Origin::BuiltIn,
            options: options::built_in(),
        };
        let mut builder = config::Config::builder()
            .add_source(built_in)
            .add_source(sources.environment);
        if let Some(text) = sources.text {
            let format = IniFormat {
                file: Arc::from(sources.file),
            };
            builder = builder.add_source(File::from_str(text, format));
        }
        let built = builder.add_source(sources.overrides).build();
        let mut tables = table(built.map_err(own_error)?.cache);
        let sections = tables.remove(SECTIONS).map(table).unwrap_or_default();
        let headers = tables.remove(HEADERS).map(table).unwrap_or_default();
        Ok(Self {
            file: sources.file.into(),
            sections: sections
                .into_iter()
                .map(|(name, values)| (name, table(values).into_iter().filter_map(raw).collect()))
                .collect(),
            headers: headers.into_iter().filter_map(header).collect(),
            raw: sources.raw,
            home: sources.home,
            used: RefCell::default(),
        })
    }

    /// Returns the sections other than `[DEFAULT]`, in the order of the file.
    pub(crate) fn alternates(&self) -> Vec<&str> {
        let others = self.headers.iter().filter(|(name, _)| *name != DEFAULT);
        let mut ordered: Vec<(usize, &str)> =
            others.map(|(name, line)| (*line, name.as_str())).collect();
        ordered.sort_unstable();
        ordered.into_iter().map(|(_, name)| name).collect()
    }

    pub(crate) fn view<'a>(&'a self, section: &'a str) -> View<'a> {
        View {
            layers: self,
            section,
        }
    }

    /// Returns whether a reference used this option in any view.
    pub(crate) fn is_used(&self, option: &str) -> bool {
        self.used.borrow().contains(option)
    }
}

/// The options of one section and those it inherits.
#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    layers: &'a Layers,
    section: &'a str,
}

/// A value ready for use.
pub(crate) struct Setting<'a> {
    /// The value with references replaced.
    pub(crate) text: String,
    /// The value as written. Errors quote this one, since a reference may have inserted a password.
    pub(crate) written: &'a str,
    pub(crate) place: Place,
    pub(crate) origin: Origin,
    /// The precedence: a section's own values win, then the later layers of `[DEFAULT]`.
    pub(crate) rank: (bool, u8),
}

impl<'a> View<'a> {
    pub(crate) fn lookup(self, option: &str) -> Option<&'a Raw> {
        let inherited = || self.layers.sections.get(DEFAULT)?.get(option);
        self.own()
            .and_then(|own| own.get(option))
            .or_else(inherited)
    }

    /// Returns the option's value, which may be empty.
    pub(crate) fn setting(self, option: &str) -> Result<Option<Setting<'a>>, Error> {
        let Some(raw) = self.lookup(option) else {
            return Ok(None);
        };
        let text = if self.layers.raw {
            raw.text.clone()
        } else {
            interpolate(self, option, raw)?
        };
        let own = !self.is_default() && self.own().is_some_and(|own| own.contains_key(option));
        let layer = match raw.origin {
            Origin::BuiltIn => 0,
            Origin::Environment => 1,
            Origin::File { .. } => 2,
            Origin::Override => 3,
        };
        Ok(Some(Setting {
            text,
            written: &raw.text,
            place: self.place(option, raw),
            origin: raw.origin,
            rank: (own, layer),
        }))
    }

    /// Returns the options that are set in this section itself.
    pub(crate) fn own_options(self) -> impl Iterator<Item = (&'a str, &'a Raw)> + use<'a> {
        let own = self.own().into_iter().flatten();
        own.map(|(name, raw)| (name.as_str(), raw))
    }

    pub(crate) fn is_default(self) -> bool {
        self.section == DEFAULT
    }

    pub(crate) fn home(self) -> Option<&'a Path> {
        self.layers.home.as_deref()
    }

    /// Returns the place of the option.
    pub(crate) fn place(self, option: &str, raw: &Raw) -> Place {
        let file = match raw.origin {
            Origin::BuiltIn | Origin::File { .. } => self.layers.file.clone(),
            Origin::Environment => format!("environment variable imapclient_{option}"),
            Origin::Override => "command line".into(),
        };
        let place = Place::in_file(&file).in_section(self.section);
        let place = place.of_option(option);
        match raw.origin {
            Origin::File { line, .. } => place.at_line(line),
            _ => place,
        }
    }

    /// Returns the place within the option's value after the text `before`.
    pub(crate) fn place_at(self, option: &str, raw: &Raw, before: &str) -> Place {
        let place = self.place(option, raw);
        match raw.origin {
            Origin::File { column, .. } if !before.contains('\n') => {
                place.at_column(column + before.chars().count())
            }
            _ => place,
        }
    }

    /// Returns the place of the section's header, for missing options.
    pub(crate) fn header(self) -> Place {
        let place = Place::in_file(&self.layers.file).in_section(self.section);
        match self.layers.headers.get(self.section) {
            Some(line) => place.at_line(*line),
            None => place,
        }
    }

    pub(crate) fn mark_used(self, option: &str) {
        self.layers.used.borrow_mut().insert(option.into());
    }

    fn own(self) -> Option<&'a BTreeMap<String, Raw>> {
        self.layers.sections.get(self.section)
    }
}

fn table(value: Value) -> Map<String, Value> {
    match value.kind {
        ValueKind::Table(table) => table,
        _ => Map::new(),
    }
}

fn raw((name, value): (String, Value)) -> Option<(String, Raw)> {
    let origin = Origin::decode(value.origin()?)?;
    match value.kind {
        ValueKind::String(text) => Some((name, Raw { text, origin })),
        _ => None,
    }
}

fn header((name, line): (String, Value)) -> Option<(String, usize)> {
    match line.kind {
        ValueKind::U64(line) => Some((name, usize::try_from(line).ok()?)),
        _ => None,
    }
}

/// Extracts our own error from the `config` crate's.
fn own_error(error: ConfigError) -> Error {
    let cause = match error {
        ConfigError::FileParse { cause, .. } => cause,
        other => other.into(),
    };
    match cause.downcast::<Error>() {
        Ok(own) => *own,
        Err(source) => Error::Layers { source },
    }
}

#[cfg(test)]
mod tests;

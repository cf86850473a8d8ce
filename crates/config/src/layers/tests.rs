//! Compares our parsing with the results of Python's `configparser`, which are stored in the data
//! file.

use std::collections::BTreeMap;

use serde_json::Value;

use super::*;
use crate::ini::is_space;

#[test]
fn reads_as_python_does() {
    let data = data();
    let cases = data["cases"].as_array().unwrap();
    assert!(cases.len() >= 130);
    let failed: Vec<String> = cases.iter().filter_map(difference).collect();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn white_space_is_as_in_python() {
    let ours: Vec<u64> = (char::MIN..=char::MAX)
        .filter(|c| is_space(*c))
        .map(u64::from)
        .collect();
    let data = data();
    let spaces = data["spaces"].as_array().unwrap();
    let python: Vec<u64> = spaces.iter().map(|c| c.as_u64().unwrap()).collect();
    assert_eq!(ours, python);
}

fn data() -> Value {
    serde_json::from_str(include_str!("../../tests/configparser.json")).unwrap()
}

fn difference(case: &Value) -> Option<String> {
    let text = case["text"].as_str().unwrap();
    let (ours, python) = match case.get("error") {
        Some(_) => (failure(text), expected_failure(case)),
        None => {
            let ours = format!("{:?} {:?}", values(text, true), values(text, false));
            let python = format!(
                "{:?} {:?}",
                expected(&case["raw"]),
                expected(&case["values"])
            );
            (ours, python)
        }
    };
    (ours != python).then(|| format!("{}\n  ours   {ours}\n  Python {python}", case["name"]))
}

type Values = Vec<(String, BTreeMap<String, Result<String, String>>)>;

fn values(text: &str, raw: bool) -> Result<Values, String> {
    let layers = layers(text, raw).map_err(|error| error.to_string())?;
    let mut names = layers.alternates();
    names.insert(0, DEFAULT);
    let values = names.into_iter().map(|name| {
        let view = layers.view(name);
        let default = layers.view(DEFAULT);
        let options = default.own_options().chain(view.own_options());
        let written = options.filter(|(_, raw)| raw.origin != Origin::BuiltIn);
        let read = written.map(|(option, _)| {
            let setting = view.setting(option).map(|setting| setting.unwrap().text);
            (
                option.to_owned(),
                setting.map_err(|error| python_name(&error).into()),
            )
        });
        (name.to_owned(), read.collect())
    });
    Ok(values.collect())
}

fn expected(sections: &Value) -> Result<Values, String> {
    let sections = sections.as_array().unwrap().iter().map(|section| {
        let name = section[0].as_str().unwrap().to_owned();
        let options = section[1].as_object().unwrap().iter();
        let options = options.map(|(option, value)| {
            let value = match value.as_str() {
                Some(text) => Ok(text.to_owned()),
                None => Err(value["error"].as_str().unwrap().to_owned()),
            };
            (option.clone(), value)
        });
        (name, options.collect())
    });
    Ok(sections.collect())
}

fn failure(text: &str) -> String {
    match layers(text, false) {
        Ok(_) => "no error".into(),
        Err(error) => {
            let place = error.place().unwrap();
            let name = python_name(&error);
            // Python stores a section and an option only in these errors; ours have more.
            let (section, option) = match name {
                "DuplicateOptionError" => (place.section(), place.option()),
                "DuplicateSectionError" => (place.section(), None),
                _ => (None, None),
            };
            format!("{name} {:?} {section:?} {option:?}", place.line())
        }
    }
}

fn expected_failure(case: &Value) -> String {
    let text = |key: &str| case.get(key).and_then(Value::as_str);
    format!(
        "{} {:?} {:?} {:?}",
        text("error").unwrap(),
        case["line"].as_u64(),
        text("section"),
        text("option"),
    )
}

fn python_name(error: &Error) -> &'static str {
    match error {
        Error::NoSection { .. } => "MissingSectionHeaderError",
        Error::NoDelimiter { .. } | Error::NoName { .. } => "ParsingError",
        Error::DuplicateSection { .. } => "DuplicateSectionError",
        Error::DuplicateOption { .. } => "DuplicateOptionError",
        Error::Percent { .. } | Error::Reference { .. } => "InterpolationSyntaxError",
        Error::UnknownReference { .. } => "InterpolationMissingOptionError",
        Error::Depth { .. } => "InterpolationDepthError",
        _ => "another error",
    }
}

fn layers(text: &str, raw: bool) -> Result<Layers, Error> {
    let none = |origin| Layer {
        origin,
        options: Vec::new(),
    };
    Layers::new(Sources {
        file: "conf.ini",
        text: Some(text),
        environment: none(Origin::Environment),
        overrides: none(Origin::Override),
        raw,
        home: None,
    })
}

//! Tests of the table of profiles.

use std::collections::BTreeSet;

use super::*;

#[test]
fn each_profile_has_one_row_and_one_name() {
    let names: BTreeSet<_> = Profile::all().map(Profile::name).collect();
    assert_eq!(names.len(), 15);
    for profile in Profile::all() {
        assert_eq!(profile.row().profile, profile);
        assert_eq!(profile.name().to_uppercase().parse(), Ok(profile));
        assert_eq!(format!("[{profile:10}]").len(), 12);
        let row = profile.row();
        assert!(
            !row.about.is_empty() && !row.sources.is_empty(),
            "{profile}"
        );
        assert!(row.greeting.starts_with("OK "), "{profile}");
    }
}

#[test]
fn an_unknown_name_is_told_with_the_known_ones() {
    let error = "hotmail".parse::<Profile>().unwrap_err();
    assert_eq!(
        error.to_string(),
        "there is no profile \"hotmail\"; there is gmail, outlook, icloud, yahoo, yandex, zoho, qq, \
         netease, proton, strato, wildduck, domino, uw, minimal, full"
    );
}

#[test]
fn what_is_lacking_is_what_the_server_does_not_implement() {
    let lacking = |profile: Profile| profile.lacking().collect::<BTreeSet<_>>();
    assert!(lacking(Profile::ICloud).contains("URLAUTH"));
    for done in [
        "LITERAL-",
        "APPENDLIMIT=35651584",
        "AUTH=PLAIN",
        "COMPRESS=DEFLATE",
        "IDLE",
        "IMAP4rev1",
    ] {
        assert!(!lacking(Profile::Gmail).contains(done), "{done}");
    }
    assert!(lacking(Profile::Minimal).is_empty());
    assert!(lacking(Profile::Full).is_empty());
}

#[test]
fn the_full_one_lacks_nothing_that_is_implemented() {
    let announced: BTreeSet<_> = Profile::Full
        .capabilities_before_login()
        .chain(Profile::Full.capabilities())
        .map(str::to_ascii_uppercase)
        .collect();
    for name in Capabilities::all().filter(|name| *name != "LITERAL-") {
        let mut announced = announced.iter();
        // A limit is a number.
        let is_it = |announced: &&String| match name.strip_suffix("APPENDLIMIT") {
            Some(_) => announced.starts_with("APPENDLIMIT="),
            None => announced.eq_ignore_ascii_case(name),
        };
        assert!(announced.any(|name| is_it(&name)), "{name}");
    }
}

#[test]
fn the_longest_message_is_the_announced_one_unless_it_is_known_otherwise() {
    let limit = |profile: Profile| profile.row().append_limit();
    assert_eq!(limit(Profile::Gmail), Some(35_651_584));
    assert_eq!(limit(Profile::Outlook), Some(150 * 1024 * 1024));
    assert_eq!(limit(Profile::Minimal), None);
}

#[test]
#[should_panic(expected = "outlook has no trouble \"flood\", but [\"throttled\", ")]
fn an_unknown_trouble_is_told_with_the_known_ones() {
    Profile::Outlook.trouble("flood");
}

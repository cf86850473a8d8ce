//! Checks that the features of the library enable the intended features of rustls and chrono only.
//!
//! Only `ring` and `aws-lc-rs` may enable a cryptography provider, since otherwise a program that
//! has chosen one would contain both. Only `native-certs` may trust the authorities of the
//! operating system.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    failure::{Doing as _, Failure, Result},
    workspace,
};

/// A crate, a set of its features, and the dependencies that they must enable.
struct Row {
    package: &'static str,
    features: &'static str,
    ring: bool,
    aws_lc_rs: bool,
    native_certs: bool,
}

const ROWS: [Row; 8] = [
    row("imapclient", "default", [true, false, true]),
    row("imapclient", "", [false, false, false]),
    row("imapclient", "oauth2,tokio", [false, false, false]),
    row("imapclient", "aws-lc-rs,oauth2", [false, true, false]),
    row(
        "imapclient",
        "native-certs,oauth2,ring",
        [true, false, true],
    ),
    row("imapclient-auth", "oauth2", [false, false, false]),
    row("imapclient-auth", "aws-lc-rs,oauth2", [false, true, false]),
    row("imapclient-config", "", [false, false, false]),
];

const fn row(
    package: &'static str,
    features: &'static str,
    [ring, aws_lc_rs, native_certs]: [bool; 3],
) -> Row {
    Row {
        package,
        features,
        ring,
        aws_lc_rs,
        native_certs,
    }
}

/// Fails with the first set of features that enables too much or too little.
pub(crate) fn check() -> Result<()> {
    for row in &ROWS {
        let mut cargo = workspace::cargo();
        cargo
            .args(["tree", "--quiet", "--edges", "normal", "--prefix", "none"])
            .args(["--format", "{p} {f}", "--no-default-features"])
            .args(["--package", row.package, "--features", row.features]);
        let output = cargo.output().doing(|| "run `cargo tree`".to_owned())?;
        if !output.status.success() {
            let words = String::from_utf8_lossy(&output.stderr);
            return Err(Failure::new(format!("`cargo tree` failed: {words}")));
        }
        let tree = String::from_utf8_lossy(&output.stdout);
        row.check(&packages(&tree)).map_err(|why| {
            Failure::new(format!("{} with [{}] {why}", row.package, row.features))
        })?;
    }
    Ok(())
}

type Packages<'a> = BTreeMap<&'a str, BTreeSet<&'a str>>;

/// Parses the packages of a tree and their features: lines of `name version [(path)]
/// feature,feature`.
fn packages(tree: &str) -> Packages<'_> {
    let mut packages = Packages::new();
    for line in tree.lines() {
        let line = line.trim_end_matches(" (*)");
        let Some((name, rest)) = line.split_once(' ') else {
            continue;
        };
        let features = match rest.rsplit_once(' ') {
            // Without features, the last word is the version or the path.
            Some((_, last)) if !last.ends_with(')') => last,
            _ => "",
        };
        let known = packages.entry(name).or_default();
        known.extend(features.split(',').filter(|name| !name.is_empty()));
    }
    packages
}

impl Row {
    fn check(&self, packages: &Packages<'_>) -> Result<(), String> {
        let Some(rustls) = packages.get("rustls") else {
            return Err("does not depend on rustls, so nothing can be checked".to_owned());
        };
        let has = [
            ("ring in rustls", rustls.contains("ring"), self.ring),
            ("the package ring", packages.contains_key("ring"), self.ring),
            (
                "aws-lc-rs in rustls",
                rustls.contains("aws_lc_rs") || rustls.contains("aws-lc-rs"),
                self.aws_lc_rs,
            ),
            (
                "the authorities of the operating system",
                packages.contains_key("rustls-native-certs"),
                self.native_certs,
            ),
        ];
        for (what, is, wanted) in has {
            if is != wanted {
                let verb = if is { "enables" } else { "lacks" };
                return Err(format!("{verb} {what}"));
            }
        }
        // Searches by date need `Utc::now()`.
        match packages.get("chrono") {
            Some(chrono) if !chrono.contains("now") => Err("lacks the clock of chrono".to_owned()),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TREE: &str = "\
imapclient v0.1.0 (/x/crates/client) aws-lc-rs,oauth2
bytes v1.11.1 default,std
imapclient-auth v0.1.0 (/x/crates/auth) oauth2
rustls v0.23.35 aws_lc_rs,std,tls12
chrono v0.4.45 alloc,now,std
cfg-if v1.0.5
rustls v0.23.35 aws_lc_rs,std,tls12 (*)
";

    #[test]
    fn a_tree_is_read_with_its_features() {
        let packages = packages(TREE);
        assert!(packages["rustls"].contains("aws_lc_rs"));
        assert!(packages["imapclient"].contains("oauth2"));
        assert!(packages["cfg-if"].is_empty());
    }

    #[test]
    fn what_nobody_asked_for_is_named() {
        let row = row("imapclient", "aws-lc-rs,oauth2", [false, true, false]);
        assert_eq!(row.check(&packages(TREE)), Ok(()));
        for (addition, why) in [
            ("rustls v0.23.35 ring\n", "enables ring in rustls"),
            ("ring v0.17.14 std\n", "enables the package ring"),
            (
                "rustls-native-certs v0.8.1\n",
                "enables the authorities of the operating system",
            ),
        ] {
            let tree = format!("{TREE}{addition}");
            assert_eq!(row.check(&packages(&tree)), Err(why.to_owned()));
        }
        let tree = TREE.replace(",now", "");
        assert_eq!(
            row.check(&packages(&tree)),
            Err("lacks the clock of chrono".to_owned())
        );
    }
}

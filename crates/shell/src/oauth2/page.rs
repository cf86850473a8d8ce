//! The pages that the browser shows at the end.

use crate::escape;

/// Returns the page for granted access with a token.
pub(super) fn granted() -> String {
    page("Access is granted", "You may close this page.")
}

/// Returns the page for denied access, or a provider that issued no token.
pub(super) fn failed(why: &str) -> String {
    let why = format!("{}. You may close this page.", html(why));
    page("Access failed", &why)
}

/// Returns the page for any other address.
pub(super) fn missing() -> String {
    page("There is nothing here", "The provider's page leads here.")
}

fn page(title: &str, text: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>imapclient: {title}</title>\n\
         <h1>{title}</h1>\n<p>{text}</p>\n</html>\n"
    )
}

/// Escapes text for a page.
fn html(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in escape::line(&escape::cut(text, 500)).chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_provider_says_is_text() {
        let page = failed("<script>alert('&')</script>\u{202e}");
        assert!(
            page.contains("<p>&lt;script&gt;alert('&amp;')&lt;/script&gt;\\u{202e}. You may close"),
            "{page}"
        );
        assert!(failed(&"<".repeat(100_000)).len() < 4000);
    }
}

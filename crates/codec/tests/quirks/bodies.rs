//! BODYSTRUCTURE.

use super::*;

quirks! {
    // Exchange, Gmail: a disposition in parentheses without parameters.
    disposition_alone:
        b"* 7 FETCH (BODYSTRUCTURE (\"text\" \"plain\" NIL NIL NIL \"7bit\" 5 1 NIL (\"attachment\") NIL NIL) UID 42)\r\n",
        Response::Fetch(f) => root(&f).disposition(), Some("attachment".into());
    // Exchange: a disposition that is a string.
    disposition_as_a_string:
        b"* 7 FETCH (BODYSTRUCTURE (\"text\" \"plain\" NIL NIL NIL \"7bit\" 5 1 NIL \"inline\" NIL NIL) UID 42)\r\n",
        Response::Fetch(f) => root(&f).disposition(), Some("inline".into());
    // Pymap: a disposition with its parameters in one string.
    disposition_as_a_header:
        b"* 7 FETCH (BODYSTRUCTURE (\"text\" \"plain\" NIL NIL NIL \"7bit\" 5 1 NIL \"attachment; filename=a.txt\" NIL NIL) UID 42)\r\n",
        Response::Fetch(f) => (root(&f).disposition(), root(&f).filename()), (Some("attachment".into()), Some("a.txt".to_owned()));
    // Exchange: `(NIL NIL)` for a disposition.
    disposition_of_nils:
        b"* 7 FETCH (BODYSTRUCTURE (\"text\" \"plain\" NIL NIL NIL \"7bit\" 5 1 NIL (NIL NIL) NIL NIL) UID 42)\r\n",
        Response::Fetch(f) => root(&f).disposition(), None;
    // Exchange: a part that is nothing but NIL.
    part_of_nils:
        b"* 7 FETCH (BODYSTRUCTURE ((NIL NIL NIL NIL NIL NIL NIL NIL NIL)(\"text\" \"plain\" NIL NIL NIL \"7bit\" 5 1) \"mixed\") UID 42)\r\n",
        Response::Fetch(f) => (parts(&f), f.uid()), ("multipart/mixed application/octet-stream text/plain".to_owned(), Uid::new(42));
    // QQ, Yandex, Gmail: a multipart without children.
    children_missing:
        b"* 7 FETCH (BODYSTRUCTURE (\"mixed\" (\"boundary\" \"x\") NIL NIL NIL) UID 42)\r\n",
        Response::Fetch(f) => parts(&f), "multipart/mixed";
    // Dovecot: `(NIL "alternative" ...)`.
    children_nil:
        b"* 7 FETCH (BODYSTRUCTURE (NIL \"alternative\" (\"boundary\" \"x\") NIL NIL NIL) UID 42)\r\n",
        Response::Fetch(f) => parts(&f), "multipart/alternative";
    // Yandex: `( )` for a part.
    children_blank:
        b"* 7 FETCH (BODYSTRUCTURE (( ) \"alternative\") UID 42)\r\n",
        Response::Fetch(f) => (parts(&f).starts_with("multipart/alternative"), f.uid()), (true, Uid::new(42));
    // Several: BODYSTRUCTURE NIL.
    body_nil:
        b"* 7 FETCH (BODYSTRUCTURE NIL UID 42)\r\n",
        Response::Fetch(f) => (f.body_structure().is_none(), f.uid()), (true, Uid::new(42));
    // Several: BODYSTRUCTURE ().
    body_empty:
        b"* 7 FETCH (BODYSTRUCTURE () UID 42)\r\n",
        Response::Fetch(f) => (f.body_structure().is_none(), f.uid()), (true, Uid::new(42));
    // Domino: parentheses around a part.
    extra_parentheses:
        b"* 7 FETCH (BODYSTRUCTURE ((\"text\" \"plain\" NIL NIL NIL \"7bit\" 5 1)) UID 42)\r\n",
        Response::Fetch(f) => (parts(&f), f.uid()), ("text/plain".to_owned(), Uid::new(42));
    // Exchange: message/rfc822 with NIL for its envelope and its body.
    message_without_envelope:
        b"* 7 FETCH (BODYSTRUCTURE (\"message\" \"rfc822\" NIL NIL NIL \"7bit\" 900 NIL NIL 30) UID 42)\r\n",
        Response::Fetch(f) => (parts(&f), root(&f).envelope().is_none(), f.malformed().len()), ("message/rfc822".to_owned(), true, 0);
    // Gmail: message/rfc822 in base64, with the fields of an ordinary part.
    message_as_a_file:
        b"* 7 FETCH (BODYSTRUCTURE (\"message\" \"rfc822\" (\"name\" \"a.eml\") NIL NIL \"base64\" 900 NIL (\"attachment\" NIL) NIL NIL) UID 42)\r\n",
        Response::Fetch(f) => (parts(&f), root(&f).is_attachment()), ("message/rfc822".to_owned(), true);
    // Servers of RFC 6532: MESSAGE/GLOBAL with an envelope and a body.
    message_global:
        b"* 7 FETCH (BODYSTRUCTURE (\"message\" \"global\" NIL NIL NIL \"8bit\" 900 (NIL \"x\" NIL NIL NIL NIL NIL NIL NIL NIL) (\"text\" \"plain\" NIL NIL NIL \"7bit\" 5 1) 30) UID 42)\r\n",
        Response::Fetch(f) => (parts(&f), root(&f).envelope().and_then(|e| e.subject())), ("message/global text/plain".to_owned(), Some("x".into()));
    // Several: NIL for the type.
    type_nil:
        b"* 7 FETCH (BODYSTRUCTURE (NIL NIL NIL NIL NIL \"7bit\" 5) UID 42)\r\n",
        Response::Fetch(f) => (parts(&f), root(&f).size()), ("application/octet-stream".to_owned(), Some(5));
    // Several: an empty type.
    type_empty:
        b"* 7 FETCH (BODYSTRUCTURE (\"\" \"\" NIL NIL NIL \"7bit\" 5) UID 42)\r\n",
        Response::Fetch(f) => parts(&f), "application/octet-stream";
    // Several: NIL for the subtype of a multipart.
    subtype_nil:
        b"* 7 FETCH (BODYSTRUCTURE ((\"text\" \"plain\" NIL NIL NIL \"7bit\" 5 1) NIL) UID 42)\r\n",
        Response::Fetch(f) => parts(&f), "multipart/mixed text/plain";
    // ICloud, maddy: NIL for the transfer encoding.
    encoding_nil:
        b"* 7 FETCH (BODYSTRUCTURE (\"text\" \"plain\" NIL NIL NIL NIL 5 1) UID 42)\r\n",
        Response::Fetch(f) => (root(&f).encoding(), root(&f).size()), (None, Some(5));
    // Several: -1 for octets and lines.
    octets_minus_1:
        b"* 7 FETCH (BODYSTRUCTURE (\"text\" \"plain\" NIL NIL NIL \"7bit\" -1 -1) UID 42)\r\n",
        Response::Fetch(f) => (root(&f).size(), root(&f).lines(), f.malformed().len()), (None, None, 0);
    // Mail.ru: 9.3736e+06 for octets.
    octets_in_floating_point:
        b"* 7 FETCH (BODYSTRUCTURE (\"image\" \"png\" NIL NIL NIL \"base64\" 9.3736e+06) UID 42)\r\n",
        Response::Fetch(f) => root(&f).size(), Some(9_373_600);
    // Mail.ru: NIL for the value of a parameter.
    parameter_nil:
        b"* 7 FETCH (BODYSTRUCTURE ((\"text\" \"plain\" NIL NIL NIL \"7bit\" 5 1) \"mixed\" (\"boundary\" NIL) NIL NIL) UID 42)\r\n",
        Response::Fetch(f) => (root(&f).parameters().count(), f.malformed().len()), (1, 0);
    // Bluemind: text without a number of lines.
    lines_missing:
        b"* 7 FETCH (BODYSTRUCTURE (\"text\" \"plain\" NIL NIL NIL \"7bit\" 5 NIL NIL NIL NIL) UID 42)\r\n",
        Response::Fetch(f) => (root(&f).size(), root(&f).lines()), (Some(5), None);
    // Several: not all of the extension fields.
    extension_cut_short:
        b"* 7 FETCH (BODYSTRUCTURE ((\"text\" \"plain\" NIL NIL NIL \"7bit\" 5 1) \"mixed\" (\"boundary\" \"x\")) UID 42)\r\n",
        Response::Fetch(f) => root(&f).parameter("boundary"), Some("x".to_owned());
    // Several: NIL among the languages.
    language_nil:
        b"* 7 FETCH (BODYSTRUCTURE (\"text\" \"plain\" NIL NIL NIL \"7bit\" 5 1 NIL NIL (NIL \"de\") NIL) UID 42)\r\n",
        Response::Fetch(f) => root(&f).languages().collect::<Vec<_>>(), ["de"];
    // Several: `()` for the location.
    location_empty_list:
        b"* 7 FETCH (BODYSTRUCTURE (\"text\" \"plain\" NIL NIL NIL \"7bit\" 5 1 NIL NIL NIL ()) UID 42)\r\n",
        Response::Fetch(f) => (root(&f).location(), f.malformed().len()), (None, 0);
    // Several (IMAPClient): no blank before the parenthesis.
    glued_to_its_name:
        b"* 7 FETCH (BODYSTRUCTURE(\"text\" \"plain\" NIL NIL NIL \"7bit\" 5 1) UID 42)\r\n",
        Response::Fetch(f) => (parts(&f), f.uid()), ("text/plain".to_owned(), Uid::new(42));
    // Forwarded mail: more nested multiparts than imap-codec reads.
    seven_levels:
        b"* 7 FETCH (BODYSTRUCTURE ((((((((((\"text\" \"plain\" NIL NIL NIL \"7bit\" 5 1) \"mixed\") \"mixed\") \"mixed\") \"mixed\") \"mixed\") \"mixed\") \"mixed\") \"mixed\") \"mixed\") UID 42)\r\n",
        Response::Fetch(f) => root(&f).walk().count(), 10;
    // Yandex: a bare `*` among the fields.
    star_inside:
        b"* 7 FETCH (BODYSTRUCTURE (\"text\" \"plain\" * NIL NIL \"7bit\" 5 1) UID 42)\r\n",
        Response::Fetch(f) => (f.uid(), f.seq()), (Uid::new(42), Seq::new(7));
    // Dovecot, Cyrus: UTF-8 in the description.
    description_in_utf8:
        b"* 7 FETCH (BODYSTRUCTURE (\"text\" \"plain\" NIL NIL \"Gr\xc3\xbc\xc3\x9fe\" \"7bit\" 5 1) UID 42)\r\n",
        Response::Fetch(f) => root(&f).description(), Some("Grüße".into());
    // GMX, web.de: a multipart with the fields of a single part.
    multipart_as_basic:
        b"* 7 FETCH (BODYSTRUCTURE (\"multipart\" \"mixed\" (\"boundary\" \"x\") NIL NIL \"7bit\" 900) UID 42)\r\n",
        Response::Fetch(f) => (parts(&f), f.uid()), ("multipart/mixed".to_owned(), Uid::new(42));
    // Exchange: the description of a part in place of another field.
    description_shifted:
        b"* 7 FETCH (BODYSTRUCTURE ((\"text\" \"plain\" NIL \"a description\" NIL \"7bit\" 5 1) \"mixed\") UID 42)\r\n",
        Response::Fetch(f) => (parts(&f), f.uid()), ("multipart/mixed text/plain".to_owned(), Uid::new(42));

    // By kind: a negative size, and a fraction for the number of lines.
    sizes_that_are_none:
        b"* 7 FETCH (BODYSTRUCTURE (\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" -5 1.5) UID 42)\r\n",
        Response::Fetch(f) => (f.uid(), f.body_structure().is_some(), f.malformed().len()), (Uid::new(42), true, 0);
}

fn root(fetch: &Fetch) -> BodyPart<'_> {
    fetch.body_structure().unwrap().root()
}

/// Returns the media types of all parts.
fn parts(fetch: &Fetch) -> String {
    let types: Vec<_> = root(fetch).walk().map(|part| part.media_type()).collect();
    types.join(" ")
}

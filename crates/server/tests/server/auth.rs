//! AUTHENTICATE with mechanisms that do not send the password.

use std::num::NonZeroU32;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use hmac::{Hmac, Mac as _};
use imapclient_server::Server;
use md5::Md5;
use ring::{digest, hmac as ring_hmac, pbkdf2};

use crate::client::{Client, server};

fn with(mechanism: &str) -> (Server, Client) {
    let server = server();
    server.say_capability(&format!("AUTH={mechanism}"));
    let client = Client::connect(server.addr());
    (server, client)
}

/// Sends a line in base64 and returns the next challenge, or the tagged response.
fn send(client: &mut Client, text: &str) -> Result<String, String> {
    client.send(format!("{}\r\n", BASE64_STANDARD.encode(text)));
    let line = client.line();
    let Some(challenge) = line.strip_prefix("+ ") else {
        return Err(line);
    };
    Ok(String::from_utf8(BASE64_STANDARD.decode(challenge).unwrap()).unwrap())
}

/// Logs in by SCRAM-SHA-256 with the right password, and with this GS2 header and user name.
/// Returns the tagged response.
fn scram(client: &mut Client, header: &str, user: &str) -> String {
    client.send("a AUTHENTICATE SCRAM-SHA-256\r\n");
    assert_eq!(client.line(), "+ ");
    let bare = format!("n={user},r=abc");
    let first = match send(client, &format!("{header}{bare}")) {
        Ok(first) => first,
        Err(refusal) => return refusal,
    };
    let part = |name: &str| {
        let part = first.split(',').find_map(|part| part.strip_prefix(name));
        part.unwrap_or_else(|| panic!("{name} in {first}"))
            .to_owned()
    };
    let salt = BASE64_STANDARD.decode(part("s=")).unwrap();
    let iterations: NonZeroU32 = part("i=").parse().unwrap();
    let mut salted = [0; 32];
    let algorithm = pbkdf2::PBKDF2_HMAC_SHA256;
    pbkdf2::derive(algorithm, iterations, &salt, b"sekret", &mut salted);
    let sign = |key: &[u8], data: &str| {
        let key = ring_hmac::Key::new(ring_hmac::HMAC_SHA256, key);
        ring_hmac::sign(&key, data.as_bytes()).as_ref().to_vec()
    };
    let last = format!("c={},r={}", BASE64_STANDARD.encode(header), part("r="));
    let exchange = format!("{bare},{first},{last}");
    let client_key = sign(&salted, "Client Key");
    let stored_key = digest::digest(&digest::SHA256, &client_key);
    let signature = sign(stored_key.as_ref(), &exchange);
    let proof: Vec<u8> = client_key
        .iter()
        .zip(&signature)
        .map(|(a, b)| a ^ b)
        .collect();
    let last = format!("{last},p={}", BASE64_STANDARD.encode(proof));
    match send(client, &last) {
        Ok(verifier) => {
            let server_key = sign(&salted, "Server Key");
            let expected = BASE64_STANDARD.encode(sign(&server_key, &exchange));
            assert_eq!(verifier, format!("v={expected}"));
            send(client, "").unwrap_err()
        }
        Err(refusal) => refusal,
    }
}

#[test]
fn scram_takes_the_user_as_who_to_act_for() {
    for header in ["n,,", "y,,", "n,a=bob,", "y,a=bob,"] {
        let (_server, mut client) = with("SCRAM-SHA-256");
        let answer = scram(&mut client, header, "bob");
        assert!(answer.starts_with("a OK "), "{header}: {answer}");
        client.ok("SELECT INBOX");
    }
}

#[test]
fn scram_lets_nobody_act_for_another() {
    let (server, mut client) = with("SCRAM-SHA-256");
    for header in ["n,a=ann,", "n,a=,", "n,a=BOB,", "n,bob,"] {
        let answer = scram(&mut client, header, "bob");
        assert!(answer.starts_with("a NO "), "{header}: {answer}");
    }
    assert!(client.end("SELECT INBOX").starts_with("BAD "));
    drop(client);
    server.finish().unwrap();
}

fn cram_md5(client: &mut Client, user: &str, password: &str) -> String {
    client.send("a AUTHENTICATE CRAM-MD5\r\n");
    let challenge = client.line();
    let challenge = challenge.strip_prefix("+ ").unwrap();
    let challenge = BASE64_STANDARD.decode(challenge).unwrap();
    let mut key = Hmac::<Md5>::new_from_slice(password.as_bytes()).unwrap();
    key.update(&challenge);
    let digest = key.finalize().into_bytes();
    let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    send(client, &format!("{user} {digest}")).unwrap_err()
}

#[test]
fn cram_md5_where_it_is_said() {
    let (server, mut client) = with("CRAM-MD5");
    for (user, password) in [("bob", "wrong"), ("ann", "sekret"), ("", "sekret")] {
        let answer = cram_md5(&mut client, user, password);
        assert!(
            answer.starts_with("a NO [AUTHENTICATIONFAILED] "),
            "{user}: {answer}"
        );
    }
    // An initial response is not allowed, since the server begins.
    assert!(client.end("AUTHENTICATE CRAM-MD5 Ym9i").starts_with("BAD "));
    let answer = cram_md5(&mut client, "bob", "sekret");
    assert!(answer.starts_with("a OK "), "{answer}");
    client.ok("SELECT INBOX");
    server.forget_capability("AUTH=CRAM-MD5");
    let mut other = Client::connect(server.addr());
    assert!(other.end("AUTHENTICATE CRAM-MD5").starts_with("NO "));
}

#[test]
fn enable_is_announced_before_the_login() {
    let server = server();
    let mut client = Client::connect(server.addr());
    let before = client.ok("CAPABILITY").remove(0);
    assert!(before.contains(" ENABLE"), "{before}");
    assert!(client.end("ENABLE CONDSTORE").starts_with("BAD "));
    client.ok("LOGIN bob sekret");
    let after = client.ok("CAPABILITY").remove(0);
    assert_eq!(after.matches(" ENABLE").count(), 1, "{after}");
}

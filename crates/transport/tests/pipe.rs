//! Tests the pipe with a TLS server in memory: any split of the bytes, bounded memory, ends and
//! failures in order.
#![cfg(any(feature = "ring", feature = "aws-lc-rs"))]

mod common;

use std::{
    io::{ErrorKind, Read, Write},
    sync::Arc,
};

use imapclient_transport::{Error, Pipe, TlsConfig, Want};
use rustls::{
    ServerConfig, ServerConnection,
    pki_types::{CertificateDer, pem::PemObject},
};

use common::{drain, pattern, trusted};

/// Both ends of a TLS connection, without a network.
struct Pair {
    pipe: Pipe,
    server: ServerConnection,
    /// The plaintext that the server has received.
    heard: Vec<u8>,
}

impl Pair {
    fn new(server: Arc<ServerConfig>, client: &TlsConfig) -> Self {
        let mut pipe = Pipe::plain();
        pipe.start_tls(client, "localhost").unwrap();
        Self {
            pipe,
            server: ServerConnection::new(server).unwrap(),
            heard: Vec::new(),
        }
    }

    fn ready() -> Self {
        let (identity, config) = trusted();
        let mut pair = Self::new(identity.server_config(), &config);
        pair.talk(usize::MAX).unwrap();
        assert!(pair.pipe.meets(Want::Flushed));
        pair
    }

    /// Moves all data, at most `step` bytes at a time, until nothing moves any more.
    fn talk(&mut self, step: usize) -> Result<(), Error> {
        while self.upward(step)? + self.downward(step)? > 0 {}
        Ok(())
    }

    fn upward(&mut self, step: usize) -> Result<usize, Error> {
        let mut bytes = Vec::new();
        self.pipe.transmit(&mut Limited(&mut bytes, step))?;
        let mut rest = &bytes[..];
        while !rest.is_empty() {
            self.server.read_tls(&mut rest).unwrap();
            self.server.process_new_packets().unwrap();
            let mut plain = [0; 4096];
            while let Ok(count @ 1..) = self.server.reader().read(&mut plain) {
                self.heard.extend_from_slice(&plain[..count]);
            }
        }
        Ok(bytes.len())
    }

    fn downward(&mut self, step: usize) -> Result<usize, Error> {
        let mut bytes = Vec::new();
        if self.server.wants_write() {
            self.server
                .write_tls(&mut Limited(&mut bytes, step))
                .unwrap();
        }
        let mut rest = &bytes[..];
        while !rest.is_empty() {
            assert!(self.pipe.receive(&mut rest)? > 0, "the pipe is full");
        }
        Ok(bytes.len())
    }
}

#[test]
fn both_ends_of_a_connection_export_the_same_for_it_alone() {
    let pair = Pair::ready();
    let ours = pair.pipe.tls_exporter().unwrap();
    let label = b"EXPORTER-Channel-Binding";
    let theirs = pair
        .server
        .export_keying_material([0; 32], label, Some(b""));
    assert_eq!(ours, theirs.unwrap());
    assert_ne!(Pair::ready().pipe.tls_exporter(), Some(ours));
}

#[test]
fn there_is_nothing_to_bind_to_without_tls_1_3_and_its_handshake() {
    assert_eq!(Pipe::plain().tls_exporter(), None);
    let (identity, config) = trusted();
    let mut pair = Pair::new(identity.server_config(), &config);
    assert_eq!(pair.pipe.tls_exporter(), None);
    pair.talk(usize::MAX).unwrap();
    assert!(pair.pipe.tls_exporter().is_some());
    let mut old = Pair::new(identity.server_config_tls12(), &config);
    old.talk(usize::MAX).unwrap();
    assert!(old.pipe.meets(Want::Flushed));
    assert_eq!(old.pipe.tls_exporter(), None);
}

#[test]
fn what_was_agreed_on_is_told_after_the_handshake() {
    assert_eq!(Pipe::plain().handshake(), None);
    let (identity, config) = trusted();
    let shown = CertificateDer::from_pem_slice(identity.cert_pem.as_bytes()).unwrap();
    for (server, version) in [
        (identity.server_config(), "TLS 1.3"),
        (identity.server_config_tls12(), "TLS 1.2"),
    ] {
        let mut pair = Pair::new(server, &config);
        assert_eq!(pair.pipe.handshake(), None);
        pair.talk(usize::MAX).unwrap();
        let handshake = pair.pipe.handshake().unwrap();
        assert_eq!(handshake.version, version);
        let suite = pair.server.negotiated_cipher_suite().unwrap().suite();
        assert_eq!(Some(handshake.cipher_suite), suite.as_str());
        assert_eq!(handshake.certificates, [shown.to_vec()]);
    }
}

#[test]
fn nothing_was_agreed_on_where_the_certificate_is_refused() {
    let (identity, _) = trusted();
    let (_, other) = trusted();
    let mut pair = Pair::new(identity.server_config(), &other);
    assert!(matches!(
        pair.talk(usize::MAX),
        Err(Error::Certificate { .. })
    ));
    assert_eq!(pair.pipe.handshake(), None);
}

/// A writer that takes no more than a given number of bytes at once.
struct Limited<'a>(&'a mut Vec<u8>, usize);

impl Write for Limited<'_> {
    fn write(&mut self, buf: &[u8]) -> std::io::Result<usize> {
        let count = buf.len().min(self.1);
        self.0.extend_from_slice(&buf[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// A reader that has nothing available.
struct Nothing;

impl Read for Nothing {
    fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
        Err(ErrorKind::WouldBlock.into())
    }
}

#[test]
fn any_split_carries_the_same_bytes() {
    let (identity, config) = trusted();
    for server in [identity.server_config(), identity.server_config_tls12()] {
        for step in [1, 7, 1500, usize::MAX] {
            let mut pair = Pair::new(Arc::clone(&server), &config);
            assert!(pair.pipe.is_handshaking());
            // Written before the handshake, sent after it.
            let (up, down) = (pattern(20_000), pattern(30_000));
            assert_eq!(pair.pipe.write(&up).unwrap(), up.len());
            assert!(!pair.pipe.meets(Want::Flushed));
            pair.talk(step).unwrap();
            assert!(!pair.pipe.is_handshaking() && pair.pipe.meets(Want::Flushed));
            assert_eq!(pair.heard, up);
            pair.server.writer().write_all(&down).unwrap();
            pair.talk(step).unwrap();
            assert!(pair.pipe.meets(Want::Input));
            let mut got = Vec::new();
            drain(&mut pair.pipe, &mut got).unwrap();
            assert!(got == down && !pair.pipe.has_input() && !pair.pipe.eof());
        }
    }
}

#[test]
fn unread_input_is_bounded_and_read_later() {
    let mut pair = Pair::ready();
    let sent = pattern(1024 * 1024);
    let mut sealed = Vec::new();
    pair.server.set_buffer_limit(None);
    pair.server.writer().write_all(&sent).unwrap();
    while pair.server.wants_write() {
        pair.server.write_tls(&mut sealed).unwrap();
    }
    let mut network = &sealed[..];
    while pair.pipe.receive(&mut network).unwrap() > 0 {}
    let taken = sealed.len() - network.len();
    assert!(!pair.pipe.wants_receive() && taken <= 128 * 1024, "{taken}");
    let mut got = Vec::new();
    while !network.is_empty() {
        drain(&mut pair.pipe, &mut got).unwrap();
        pair.pipe.receive(&mut network).unwrap();
    }
    drain(&mut pair.pipe, &mut got).unwrap();
    assert!(got == sent);
}

#[test]
fn unsent_output_is_bounded() {
    for mut pipe in [Pipe::plain(), Pair::ready().pipe] {
        let mut taken = 0;
        loop {
            match pipe.write(&[b'x'; 10_000]).unwrap() {
                0 => break,
                count => taken += count,
            }
        }
        assert_eq!(taken, Pipe::CAPACITY);
        assert!(!pipe.meets(Want::Room(1)));
        let mut network = Vec::new();
        while pipe.wants_transmit() {
            pipe.transmit(&mut network).unwrap();
        }
        assert!(pipe.meets(Want::Room(Pipe::CAPACITY)) && pipe.meets(Want::Room(usize::MAX)));
        assert!(network.len() >= Pipe::CAPACITY);
    }
}

#[test]
fn no_tls_over_bytes_that_it_would_not_protect() {
    let (_, config) = trusted();
    let mut early = Pipe::plain();
    early
        .receive(&mut &b"A1 OK begin TLS\r\n* injected\r\n"[..])
        .unwrap();
    assert_eq!(early.read(&mut [0; 17]).unwrap(), 17);
    let refused = early.start_tls(&config, "localhost");
    assert!(matches!(refused, Err(Error::BytesBeforeTls)), "{refused:?}");
    assert!(!early.is_tls());

    let mut unsent = Pipe::plain();
    unsent.write(b"A1 STARTTLS\r\n").unwrap();
    let refused = unsent.start_tls(&config, "localhost");
    assert!(matches!(refused, Err(Error::BytesBeforeTls)), "{refused:?}");

    let mut ended = Pipe::plain();
    ended.receive(&mut std::io::empty()).unwrap();
    let refused = ended.start_tls(&config, "localhost");
    assert!(
        matches!(refused, Err(Error::HandshakeClosed)),
        "{refused:?}"
    );

    let mut pair = Pair::ready();
    let refused = pair.pipe.start_tls(&config, "localhost");
    assert!(matches!(refused, Err(Error::AlreadyTls)), "{refused:?}");
}

#[test]
fn bytes_injected_with_the_handshake_are_no_plaintext() {
    let (_, config) = trusted();
    let mut pipe = Pipe::plain();
    pipe.start_tls(&config, "localhost").unwrap();
    let error = pipe.receive(&mut &b"* OK injected\r\n"[..]).unwrap_err();
    assert!(matches!(error, Error::NotTls { .. }), "{error:?}");
    assert!(!pipe.has_input() && !pipe.eof() && !pipe.wants_receive());
    // The pipe stays failed, in both directions.
    assert!(matches!(pipe.read(&mut [0; 9]), Err(Error::NotTls { .. })));
    assert!(matches!(pipe.write(b"x"), Err(Error::NotTls { .. })));
    assert!(matches!(
        pipe.receive(&mut Nothing),
        Err(Error::NotTls { .. })
    ));
}

/// Returns the error of a handshake in which the server sends these pieces, one after the other,
/// and then closes.
fn in_place_of_tls(pieces: &[&[u8]]) -> Error {
    let (_, config) = trusted();
    let mut pipe = Pipe::plain();
    pipe.start_tls(&config, "localhost").unwrap();
    for piece in pieces {
        if let Err(error) = pipe.receive(&mut &piece[..]) {
            return error;
        }
    }
    pipe.receive(&mut std::io::empty()).unwrap_err()
}

#[test]
fn a_line_in_clear_is_told_with_the_failure() {
    let long = "x".repeat(1000);
    for (pieces, told) in [
        (
            &[&b"* OK [CAPABILITY IMAP4rev1] hello\r\n"[..]][..],
            Some("* OK [CAPABILITY IMAP4rev1] hello"),
        ),
        (
            &[b"*", b" BYE no", b"body here\r\n* more"],
            Some("* BYE nobody here"),
        ),
        (&[b"220 mail.test ESMTP\n"], Some("220 mail.test ESMTP")),
        (&[b"421 half a li"], Some("421 half a li")),
        (&[long.as_bytes()], Some(&long[..240])),
        (&[b"\xff\xfe\xfd no text\r\n"], None),
    ] {
        let error = in_place_of_tls(pieces);
        match &error {
            Error::NotTls { said, .. } => assert_eq!(said.as_deref(), told),
            other => panic!("{other:?}"),
        }
        assert!(!error.to_string().contains('\n'), "{error}");
    }
    let error = in_place_of_tls(&[b"* OK \x1b[2J\r\n"]);
    assert_eq!(
        error.to_string(),
        "\"localhost\" does not speak TLS on this port (is it one for STARTTLS?); it says \"* OK \\u{1b}[2J\""
    );
}

#[test]
fn a_line_in_clear_that_does_not_end_is_no_silence() {
    let (_, config) = trusted();
    let mut pipe = Pipe::plain();
    pipe.start_tls(&config, "localhost").unwrap();
    pipe.receive(&mut &b"* OK hel"[..]).unwrap();
    struct Reset;
    impl Read for Reset {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(ErrorKind::ConnectionReset.into())
        }
    }
    let error = pipe.receive(&mut Reset).unwrap_err();
    assert!(
        matches!(&error, Error::NotTls { said: Some(said), .. } if said == "* OK hel"),
        "{error:?}"
    );
}

#[test]
fn a_server_with_old_versions_only_is_told_so() {
    // A fatal protocol_version alert, and a ServerHello of TLS 1.1 with a cipher suite of its time.
    let alert = [21, 3, 1, 0, 2, 2, 70];
    let mut hello = vec![22, 3, 2, 0, 42, 2, 0, 0, 38, 3, 2];
    hello.extend([7; 32]);
    hello.extend([0, 0, 0x2f, 0]);
    for answer in [&alert[..], &hello] {
        let error = in_place_of_tls(&[answer]);
        assert_eq!(
            error.to_string(),
            "\"localhost\" has only TLS 1.1 or older, which is not safe \
             (the server needs an update, to TLS 1.2 or later)"
        );
    }
}

#[test]
fn whether_the_peer_speaks_tls() {
    let speaks = |answer: &[u8]| {
        let (_, config) = trusted();
        let mut pipe = Pipe::plain();
        pipe.start_tls(&config, "localhost").unwrap();
        // The pipe keeps the error, too.
        let _ = pipe.receive(&mut &answer[..]);
        pipe.peer_speaks_tls()
    };
    assert!(Pair::ready().pipe.peer_speaks_tls());
    assert!(!Pipe::plain().peer_speaks_tls());
    // The alerts protocol_version and handshake_failure.
    assert!(speaks(&[21, 3, 1, 0, 2, 2, 70]) && speaks(&[21, 3, 3, 0, 2, 2, 40]));
    for no in [
        &b""[..],
        b"\x15",
        b"\x15\x03\x01\x00\x02\x02",
        b"\x16 is no record",
        b"* OK hello\r\n",
        b"\xff\xff\xff\xff\xff\xff",
    ] {
        assert!(!speaks(no), "{no:?}");
    }
}

#[test]
fn what_came_before_a_failure_is_read_before_it() {
    let mut pair = Pair::ready();
    pair.server.writer().write_all(b"* BYE\r\n").unwrap();
    let mut network = Vec::new();
    pair.server.write_tls(&mut network).unwrap();
    network.extend_from_slice(&[23, 3, 3, 0, 20]);
    network.extend_from_slice(&[0; 20]);
    pair.pipe.receive(&mut &network[..]).unwrap();
    assert!(pair.pipe.has_input());
    let mut bytes = [0; 64];
    assert_eq!(pair.pipe.read(&mut bytes).unwrap(), 7);
    let error = pair.pipe.read(&mut bytes).unwrap_err();
    assert!(matches!(error, Error::Tls { .. }), "{error:?}");
    assert!(!pair.pipe.eof());
    // The peer receives an alert.
    let mut alert = Vec::new();
    assert!(pair.pipe.transmit(&mut alert).unwrap() > 0);
    pair.server.read_tls(&mut &alert[..]).unwrap();
    assert!(pair.server.process_new_packets().is_err());
}

#[test]
fn an_end_with_and_without_notice() {
    for notice in [true, false] {
        let mut pair = Pair::ready();
        pair.server.writer().write_all(b"last").unwrap();
        if notice {
            pair.server.send_close_notify();
        }
        pair.talk(usize::MAX).unwrap();
        assert_eq!(pair.pipe.receive(&mut std::io::empty()).unwrap(), 0);
        assert!(!pair.pipe.eof());
        assert_eq!(pair.pipe.read(&mut [0; 9]).unwrap(), 4);
        assert!(pair.pipe.eof() && pair.pipe.meets(Want::Input));
        assert_eq!(pair.pipe.read(&mut [0; 9]).unwrap(), 0);
    }
}

#[test]
fn closing_tells_the_peer_after_all_that_was_written() {
    let mut pair = Pair::ready();
    pair.pipe.write(b"A9 LOGOUT\r\n").unwrap();
    pair.pipe.close();
    assert!(!pair.pipe.meets(Want::Flushed));
    let error = pair.pipe.write(b"more").unwrap_err();
    assert!(matches!(error, Error::Io(_)), "{error:?}");
    pair.talk(3).unwrap();
    assert!(pair.pipe.meets(Want::Flushed));
    assert_eq!(pair.heard, b"A9 LOGOUT\r\n");
    // An end with a closing alert reads as 0, not as an error.
    assert_eq!(pair.server.reader().read(&mut [0; 9]).unwrap(), 0);

    let mut plain = Pipe::plain();
    plain.close();
    assert!(plain.meets(Want::Flushed) && !plain.wants_transmit());
}

#[test]
fn debug_shows_no_content() {
    let mut pipe = Pipe::plain();
    pipe.write(b"A1 LOGIN me hunter2\r\n").unwrap();
    pipe.receive(&mut &b"token"[..]).unwrap();
    let text = format!("{pipe:?}");
    assert!(
        text.contains("outgoing: 21 bytes") && text.contains("incoming: 5 bytes"),
        "{text}"
    );
    assert!(!text.contains("hunter2") && !text.contains("token"));
}

//! HTTP that is broken, old, or strange.

use callboard_server::{HEADER_BYTES, HEADERS};
use callboard_simulate::{Letter, Platform};

use crate::ground::Ground;
use crate::wire::{Wire, chunked, exchange, head, request};

fn letter(ground: &Ground) -> Letter {
    ground.account.letters(100).swap_remove(0)
}

/// A good webhook, with more headers.
fn good(ground: &Ground, letter: &Letter, more: &[(&str, String)]) -> Vec<u8> {
    let headers = ground.account.sign(&letter.id, &letter.body);
    request("POST", ground.path(), &[&headers[..], more].concat(), &letter.body)
}

#[test]
fn methods_and_addresses_that_there_are_not() {
    let ground = Ground::of(Platform::Skype);
    let key = vec![("authorization", format!("Bearer {}", ground.hub.key))];
    let asked =
        |method: &str, path: &str| exchange(&ground.hub.url, &request(method, path, &key, b"{}")).unwrap();
    ground.nothing_comes_of(|| {
        for method in ["GET", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND", "post"] {
            let answer = asked(method, ground.path());
            assert_eq!((answer.status, answer.code().as_str()), (405, "method_not_allowed"), "{method}");
        }
        for (method, path) in [
            ("DELETE", "/v1/events"),
            ("PUT", "/v1/sources"),
            ("POST", "/v1/receipts"),
            ("GET", "/v1/receipts/rcp_0000000000000/reprocess"),
            ("POST", "/healthz"),
        ] {
            assert_eq!(asked(method, path).status, 405, "{method} {path}");
        }
        for path in [
            "/in",
            "/in/",
            "/In/src_0000000000000",
            "/in/a/b/c",
            "/v1",
            "/v1/",
            "/v1/nothing",
            "/v1//sources",
            "/v1/sources/",
            "/v2/sources",
            "/v1/../v1/sources",
            "/%2e%2e/%2e%2e/etc/passwd",
            "//v1/sources",
            "/admin.key",
        ] {
            let answer = asked("POST", path);
            assert_eq!((answer.status, answer.code().as_str()), (404, "not_found"), "{path}");
        }
    });
}

#[test]
fn heads_beyond_the_limits_are_refused() {
    let ground = Ground::of(Platform::Skype);
    let letter = letter(&ground);
    let many: Vec<_> = (0..=HEADERS).map(|_| ("x-many", "x".to_owned())).collect();
    let large = [("x-large", "x".repeat(2 * HEADER_BYTES))];
    let long_path = format!("{}?{}", ground.path(), "x".repeat(2 * HEADER_BYTES));
    ground.nothing_comes_of(|| {
        assert_eq!(exchange(&ground.hub.url, &good(&ground, &letter, &many)).unwrap().status, 431);
        // What is beyond the limit may still be under way when the answer comes.
        let mut wire = Wire::to(&ground.hub.url);
        wire.try_send(&good(&ground, &letter, &large));
        let answer = wire.answer();
        assert!(answer.as_ref().is_none_or(|answer| answer.status == 431), "{answer:?}");
        let mut wire = Wire::to(&ground.hub.url);
        wire.try_send(&request("POST", &long_path, &[], b""));
        assert!(wire.answer().is_none_or(|answer| matches!(answer.status, 414 | 431)));
    });
    let enough: Vec<_> = (0..80).map(|_| ("x-many", "x".repeat(500))).collect();
    assert_eq!(exchange(&ground.hub.url, &good(&ground, &letter, &enough)).unwrap().status, 200);
}

#[test]
fn what_is_no_http_is_not_taken() {
    let ground = Ground::of(Platform::Skype);
    let length_twice = [("content-length", "3".to_owned())];
    let letter = letter(&ground);
    ground.nothing_comes_of(|| {
        let tls_hello =
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 a hello of TLS 1.2 to a plain port \r\n\r\n";
        let junk: Vec<Vec<u8>> = vec![
            tls_hello.to_vec(),
            b"\r\n\r\n\r\n\x00\r\n\r\n".to_vec(),
            b"POST\r\n\r\n".to_vec(),
            b"POST / HTTP/9.9\r\n\r\n".to_vec(),
            b"POST /in/x y HTTP/1.1\r\nhost: hub\r\n\r\n".to_vec(),
            b"POST /in/x HTTP/1.1\r\nno colon\r\n\r\n".to_vec(),
            b"POST /in/x HTTP/1.1\r\nhost : hub\r\n\r\n".to_vec(),
            b"POST /in/x HTTP/1.1\r\nx: a\x00b\r\n\r\n".to_vec(),
            b"POST /in/x HTTP/1.1\r\nhost: hub\r\ncontent-length: -1\r\n\r\n".to_vec(),
            b"POST /in/x HTTP/1.1\r\nhost: hub\r\ncontent-length: 99999999999999999999\r\n\r\n".to_vec(),
            b"POST /in/x HTTP/1.1\r\nhost: hub\r\ntransfer-encoding: gzip\r\n\r\n".to_vec(),
            b"\xff\xfe\xfd HTTP/1.1\r\n\r\n".to_vec(),
            good(&ground, &letter, &length_twice),
        ];
        for junk in junk {
            let mut wire = Wire::to(&ground.hub.url);
            wire.send(&junk);
            wire.end();
            if let Some(answer) = wire.answer() {
                assert_eq!(answer.status, 400, "{:?}", String::from_utf8_lossy(&junk));
            }
        }
    });
}

#[test]
fn broken_chunks_are_not_taken_and_whole_ones_are() {
    let ground = Ground::of(Platform::Skype);
    let letter = letter(&ground);
    let mut headers = ground.account.sign(&letter.id, &letter.body);
    headers.push(("transfer-encoding", "chunked".to_owned()));
    let with_body = |body: &[u8]| [&head("POST", ground.path(), &headers)[..], body].concat();
    let whole = chunked(&letter.body, 7);
    let text = String::from_utf8(whole.clone()).unwrap();
    ground.nothing_comes_of(|| {
        for broken in [
            whole[..whole.len() / 2].to_vec(),
            whole[..whole.len() - 5].to_vec(),
            text.replacen("7\r\n", "zz\r\n", 1).into_bytes(),
            text.replacen("7\r\n", "-7\r\n", 1).into_bytes(),
            text.replacen("7\r\n", "8\r\n", 1).into_bytes(),
            text.replacen("7\r\n", "FFFFFFFFFFFFFFFFF\r\n", 1).into_bytes(),
            b"7 bytes\r\n".to_vec(),
        ] {
            let answer = Wire::to(&ground.hub.url).send(&with_body(&broken)).end().answer();
            assert!(answer.as_ref().is_none_or(|it| matches!(it.status, 400 | 401)), "{answer:?}");
        }
    });
    assert_eq!(exchange(&ground.hub.url, &with_body(&whole)).unwrap().status, 200);
}

/// Whichever of two lengths is believed, what is behind the shorter one is never taken for a request.
#[test]
fn a_request_cannot_be_smuggled_in_behind_another() {
    let ground = Ground::of(Platform::Skype);
    let letter = letter(&ground);
    let key = ("authorization", format!("Bearer {}", ground.hub.key));
    let hidden = head("DELETE", &format!("/v1/sources/{}", ground.account.id), &[key]);
    let body = [b"0\r\n\r\n", &hidden[..]].concat();
    let length = ("content-length", body.len().to_string());
    let in_chunks = ("transfer-encoding", "chunked".to_owned());
    ground.nothing_comes_of(|| {
        let json = ("content-type", "application/json".to_owned());
        for lengths in [[length.clone(), in_chunks.clone()], [in_chunks, length]] {
            let headers = [&lengths[..], std::slice::from_ref(&json)].concat();
            let both = [head("POST", ground.path(), &headers), body.clone()].concat();
            let mut wire = Wire::to(&ground.hub.url);
            let answer = wire.send(&both).answer().unwrap();
            assert!(matches!(answer.status, 400 | 401), "{answer:?}");
            assert_eq!(wire.answer(), None);
        }
    });
    assert_eq!(exchange(&ground.hub.url, &good(&ground, &letter, &[])).unwrap().status, 200);
}

#[test]
fn old_and_hurried_clients_are_served() {
    let ground = Ground::of(Platform::Skype);
    let letters = ground.account.letters(100);
    let request = |index: usize| good(&ground, &letters[index], &[]);

    let old = String::from_utf8(request(0)).unwrap().replace("HTTP/1.1\r\nhost: hub", "HTTP/1.0");
    assert_eq!(exchange(&ground.hub.url, old.as_bytes()).unwrap().status, 200);

    let mut pipelined = Wire::to(&ground.hub.url);
    pipelined.send(&[request(1), request(2), request(1)].concat());
    let outcomes = [(); 3].map(|()| pipelined.answer().unwrap().json()["outcome"].clone());
    assert_eq!(outcomes, ["understood", "understood", "duplicate"]);

    let half_closed = Wire::to(&ground.hub.url).send(&request(2)).end().answer().unwrap();
    assert_eq!(half_closed.status, 200);

    let mut gone = Wire::to(&ground.hub.url);
    gone.send(&request(0)[..200]);
    drop(gone);
    ground.goes_on();
}

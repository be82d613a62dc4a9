//! Bodies: what is no JSON by its own word or too large is not taken; what is authentic but makes no sense is kept.

use callboard_server::BODY_BYTES;
use callboard_simulate::Platform;

use crate::ground::Ground;
use crate::wire::{Wire, chunked, exchange, head, request};

#[test]
fn what_says_that_it_is_no_json_is_not_taken() {
    let ground = Ground::of(Platform::Skype);
    let letter = &ground.account.letters(100)[0];
    let with_content_type = |content_type: Option<&str>| {
        let mut headers = ground.account.sign(&letter.id, &letter.body);
        headers.retain(|(name, _)| *name != "content-type");
        headers.extend(content_type.map(|value| ("content-type", value.to_owned())));
        exchange(&ground.hub.url, &request("POST", ground.path(), &headers, &letter.body)).unwrap()
    };

    ground.nothing_comes_of(|| {
        for wrong in [
            None,
            Some(""),
            Some("text/plain"),
            Some("text/json"),
            Some("application/x-www-form-urlencoded"),
            Some("multipart/form-data; boundary=x"),
            Some("application/jsonp"),
            Some("json"),
            Some("text/plain, application/json"),
            Some("application/xml; charset=application/json"),
        ] {
            let answer = with_content_type(wrong);
            assert_eq!((answer.status, answer.code().as_str()), (415, "not_json"), "{wrong:?}");
        }
    });

    for (right, outcome) in [
        ("Application/JSON;charset=UTF-8", "understood"),
        ("application/problem+json", "duplicate"),
        (" application/json ; x=y", "duplicate"),
    ] {
        let answer = with_content_type(Some(right));
        assert_eq!((answer.status, answer.json()["outcome"].as_str()), (200, Some(outcome)), "{right}");
    }
}

#[test]
fn a_body_beyond_the_limit_is_refused_before_it_is_read() {
    let ground = Ground::of(Platform::Skype);
    let large = vec![b' '; BODY_BYTES + 1];
    let headers = ground.account.sign("large", &large);
    let claiming = |length: usize| {
        let length = ("content-length", length.to_string());
        head("POST", ground.path(), &[&headers[..], &[length]].concat())
    };
    let chunks = ("transfer-encoding", "chunked".to_owned());
    let in_chunks = head("POST", ground.path(), &[&headers[..], &[chunks]].concat());

    ground.nothing_comes_of(|| {
        // Nothing of it is sent at all: the length that it claims is enough.
        let mut claimed = Wire::to(&ground.hub.url);
        let mut whole = Wire::to(&ground.hub.url);
        let mut unending = Wire::to(&ground.hub.url);
        claimed.send(&claiming(10 * BODY_BYTES));
        whole.send(&claiming(large.len()));
        whole.try_send(&large);
        // Without a length it is the byte too many, with the end still to come.
        unending.send(&in_chunks);
        let beyond = chunked(&large, 8 * 1024);
        unending.try_send(&beyond[..beyond.len() - b"0\r\n\r\n".len()]);
        for wire in [&mut claimed, &mut whole, &mut unending] {
            let answer = wire.answer().unwrap();
            assert_eq!((answer.status, answer.code().as_str()), (413, "too_large"));
        }
    });
}

#[test]
fn a_body_of_just_the_limit_is_read() {
    let ground = Ground::of(Platform::Skype);
    let body = &mut ground.account.letters(100)[0].body.to_vec();
    body.resize(BODY_BYTES, b' ');
    let headers = ground.account.sign("just", body);
    let answer = exchange(&ground.hub.url, &request("POST", ground.path(), &headers, body)).unwrap();
    assert_eq!((answer.status, answer.json()["outcome"].as_str()), (200, Some("understood")));
}

#[test]
fn a_body_that_is_not_as_long_as_it_says_is_not_taken() {
    let ground = Ground::of(Platform::Skype);
    let letter = &ground.account.letters(100)[0];
    let headers = ground.account.sign(&letter.id, &letter.body);
    let with_length = |length: usize| {
        let length = ("content-length", length.to_string());
        let mut request = head("POST", ground.path(), &[&headers[..], &[length]].concat());
        request.extend(&letter.body);
        request
    };
    ground.nothing_comes_of(|| {
        let shorter = exchange(&ground.hub.url, &with_length(letter.body.len() - 1)).unwrap();
        assert_eq!(shorter.status, 401, "{shorter:?}");
        let longer = Wire::to(&ground.hub.url).send(&with_length(letter.body.len() + 1)).end().answer();
        assert!(longer.as_ref().is_none_or(|answer| answer.status == 400), "{longer:?}");
    });
}

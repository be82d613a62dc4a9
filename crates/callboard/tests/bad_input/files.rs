//! Files: their limit, uploads that go wrong, and how they are handed out.

use callboard_server::FILE_BYTES;
use serde_json::json;

use crate::scene::{Scene, assert_refused};
use crate::wire::{Wire, chunked, head, request};

#[test]
fn a_file_is_kept_up_to_its_limit_and_handed_out_to_be_saved_never_to_be_shown() {
    let scene = Scene::set();
    let path = scene.said("/v1/files/{file}/content");
    let key = || ("authorization", format!("Bearer {}", scene.hub.key));
    scene.nothing_comes_of(|| {
        let too_large = vec![b'x'; FILE_BYTES + 1];
        let mut wire = Wire::to(&scene.hub.url);
        wire.try_send(&request("PUT", &path, &[key()], &too_large));
        assert!(wire.answer().is_none_or(|answer| answer.status == 413 && answer.code() == "too_large"));
        let mut wire = Wire::to(&scene.hub.url);
        wire.try_send(&head("PUT", &path, &[key(), ("transfer-encoding", "chunked".to_owned())]));
        wire.try_send(&chunked(&too_large, 1 << 20));
        assert!(wire.answer().is_none_or(|answer| answer.status == 413 && answer.code() == "too_large"));
        let cut =
            [head("PUT", &path, &[key(), ("content-length", "100".to_owned())]), b"a part".to_vec()].concat();
        let answer = Wire::to(&scene.hub.url).send(&cut).end().answer();
        assert!(answer.is_none_or(|answer| answer.status == 400), "what broke off is not kept");
        for wrong in ["text", "text/html\t<script>", "\u{e4}"] {
            let answer = scene.ask_with(&[key(), ("content-type", wrong.to_owned())], "PUT", &path, b"x");
            assert_refused(&answer, 400, wrong);
        }
        let slow =
            [head("PUT", &path, &[key(), ("content-length", "1000".to_owned())]), b"a".to_vec()].concat();
        let slow = Wire::to(&scene.hub.url).send(&slow).drip(b'a');
        assert_eq!(slow.map(|answer| answer.status), Some(408));
        assert_refused(&scene.ask("GET", &path, b""), 404, "nothing was kept");
    });

    let html = b"<script>alert(document.domain)</script>";
    let name = r#"x"; filename="evil.html"#;
    let renamed = scene.ask("PATCH", "/v1/files/{file}", json!({"name": name}).to_string().as_bytes());
    assert_eq!(renamed.status, 200);
    assert_eq!(
        scene.ask_with(&[key(), ("content-type", "text/html".to_owned())], "PUT", &path, html).status,
        200
    );
    let answer = scene.ask("GET", &path, b"");
    let head = answer.head.to_ascii_lowercase();
    assert_eq!((answer.status, &answer.body[..]), (200, &html[..]));
    assert!(head.contains("x-content-type-options: nosniff"), "{head}");
    assert!(
        head.contains(
            "content-disposition: attachment; filename*=utf-8''x%22%3b%20filename%3d%22evil.html\r\n"
        ),
        "{head}"
    );
    let answer = scene.ask_as(&scene.stranger, "GET", &path, b"");
    assert_refused(&answer, 404, "another company's file");
}

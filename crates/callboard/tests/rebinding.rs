//! A name that led outside when its endpoint was made and leads inside when it is called: nothing inside is ever reached.
//!
//! The hub runs with a name server of the test's own, in a network where there is nothing else: both namespaces are made
//! by `unshare`, which needs root or a kernel that lets anyone make them.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must fail, and says where")]

mod support;

use std::net::{Ipv4Addr, TcpListener, UdpSocket};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use callboard_simulate::Platform;
use serde_json::json;
use support::accounts::Account;
use support::{Hub, until};

const INSIDE: &str = "CALLBOARD_TEST_INSIDE_ITS_OWN_NETWORK";
const NAME: &str = "hooks.example.com";
/// Somewhere outside, which cannot be reached from a network without a way out.
const OUTSIDE: Ipv4Addr = Ipv4Addr::new(93, 184, 216, 34);
const LOOPBACK: Ipv4Addr = Ipv4Addr::LOCALHOST;
const METADATA: Ipv4Addr = Ipv4Addr::new(169, 254, 169, 254);

#[test]
fn a_name_that_turns_inwards_after_it_was_vetted_is_not_followed() {
    if std::env::var_os(INSIDE).is_none() {
        return in_a_network_of_its_own("a_name_that_turns_inwards_after_it_was_vetted_is_not_followed");
    }
    // Given something inside that must not be reached, and a name that leads outside at first
    let inside = TcpListener::bind((LOOPBACK, 0)).unwrap();
    let port = inside.local_addr().unwrap().port();
    inside.set_nonblocking(true).unwrap();
    let names = Names::serve();
    let hub = Hub::guarded();
    let account = Account::open(&hub, Platform::Skype);
    let quick = json!({"retry": {"schedule": ["1s", "1s"]}, "credentials": {"secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}});
    let endpoint = hub.endpoint(&format!("http://{NAME}:{port}/"), "standard", &quick);
    assert_eq!(endpoint["state"], "enabled", "it led outside when it was made: {endpoint}");

    // When it leads inside, to another place with each question
    names.turn_inwards();
    account.tell(&account.letters(0)[0]);

    // Then every attempt is refused, and nobody inside has heard anything
    let path = format!("/v1/deliveries?endpoint={}&state=failed", endpoint["id"].as_str().unwrap());
    until("the delivery is given up", || !hub.all(&path).is_empty());
    let failed = &hub.all(&path)[0];
    let attempts = hub.get(&format!("/v1/deliveries/{}/attempts", failed["id"].as_str().unwrap()));
    for attempt in attempts["items"].as_array().unwrap() {
        let error = attempt["error"].as_str().unwrap();
        assert!(error.contains(&LOOPBACK.to_string()) || error.contains(&METADATA.to_string()), "{error}");
    }
    assert!(names.asked_since_the_turn() > 0, "the name is looked up with each connection");
    assert!(inside.accept().is_err(), "a connection was made to what is inside");

    // And it cannot be made again while it leads there
    let (status, refusal) = hub.ask(
        "POST",
        "/v1/endpoints",
        Some(&json!({"url": format!("http://{NAME}:{port}/"), "dialect": "standard"})),
    );
    assert_eq!((status, &refusal["code"]), (400, &json!("bad_url")), "{refusal}");
}

/// Runs this test once more where the only network is a loopback of its own, and names are asked for there.
fn in_a_network_of_its_own(test: &str) {
    let names = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(names.path(), format!("nameserver {LOOPBACK}\noptions timeout:5 attempts:1\n")).unwrap();
    let prepare = "ip link set lo up && mount --bind \"$0\" /etc/resolv.conf && exec \"$@\"";
    let output = Command::new("unshare")
        .args(["--map-root-user", "--net", "--mount", "sh", "-c", prepare])
        .arg(names.path())
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env(INSIDE, "1")
        .output()
        .expect("`unshare` and `ip` are there (util-linux, iproute2)");
    let said =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}

/// A name server that knows one name.
struct Names {
    /// Questions since the name turned inwards; none before.
    since_the_turn: Arc<AtomicU64>,
}

const NOT_YET: u64 = u64::MAX;

impl Names {
    fn serve() -> Self {
        let socket = UdpSocket::bind((LOOPBACK, 53)).unwrap();
        let since_the_turn = Arc::new(AtomicU64::new(NOT_YET));
        let asked = Arc::clone(&since_the_turn);
        thread::spawn(move || {
            let mut question = [0; 512];
            while let Ok((bytes, from)) = socket.recv_from(&mut question) {
                let turn = asked.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |asked| {
                    (asked != NOT_YET).then(|| asked + 1)
                });
                let address = match turn {
                    Err(_) => OUTSIDE,
                    Ok(asked) if asked.is_multiple_of(2) => LOOPBACK,
                    Ok(_) => METADATA,
                };
                socket.send_to(&answer(&question[..bytes], address), from).unwrap();
            }
        });
        Self { since_the_turn }
    }

    fn turn_inwards(&self) {
        self.since_the_turn.store(0, Ordering::SeqCst);
    }

    fn asked_since_the_turn(&self) -> u64 {
        self.since_the_turn.load(Ordering::SeqCst)
    }
}

/// The answer to a question (RFC 1035, section 4): one address if it is for one of version 4, none otherwise. It may be
/// kept for no time at all.
fn answer(question: &[u8], address: Ipv4Addr) -> Vec<u8> {
    const HEADER_BYTES: usize = 12;
    const FOR_AN_ADDRESS: [u8; 2] = [0, 1];
    let name_bytes = question[HEADER_BYTES..].iter().position(|byte| *byte == 0).unwrap() + 1;
    let end = HEADER_BYTES + name_bytes + 4;
    let asked_for = &question[end - 4..end - 2];
    let answers = u8::from(asked_for == FOR_AN_ADDRESS);
    let mut answer = question[..2].to_vec();
    answer.extend([0x81, 0x80, 0, 1, 0, answers, 0, 0, 0, 0]);
    answer.extend(&question[HEADER_BYTES..end]);
    if answers == 1 {
        answer.extend([0xc0, 0x0c, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4]);
        answer.extend(address.octets());
    }
    answer
}

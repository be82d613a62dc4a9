//! HTTPS, taken and made: with a certificate that may change while the hub runs, and to endpoints whose certificate has
//! to be as it should.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must fail, and says where")]

mod support;

use std::path::PathBuf;
use std::process::{Command, Stdio};

use callboard_simulate::Platform;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use serde_json::{Value, json};
use support::accounts::Account;
use support::reader::Said;
use support::{CALLBOARD, Hub, PATIENCE, callboard, listening_on, until};
use tempfile::TempDir;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

const HERE: &str = "127.0.0.1";
const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// Someone who issues certificates.
struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    files: TempDir,
}

/// A certificate and its key, as files.
struct Files {
    certificate: PathBuf,
    key: PathBuf,
}

impl Authority {
    fn new(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let files = tempfile::tempdir().unwrap();
        std::fs::write(files.path().join("ca.pem"), issuer.pem()).unwrap();
        Self { issuer, files }
    }

    /// The environment of whoever trusts it.
    fn trust(&self) -> [(&'static str, String); 1] {
        [("SSL_CERT_FILE", self.files.path().join("ca.pem").to_str().unwrap().to_owned())]
    }

    /// Issues a certificate for this name.
    fn issue(&self, name: &str, change: impl FnOnce(&mut CertificateParams)) -> Files {
        let place = tempfile::tempdir_in(self.files.path()).unwrap().keep();
        let files = Files { certificate: place.join("cert.pem"), key: place.join("key.pem") };
        self.reissue(name, &files, change);
        files
    }

    /// Issues one in the place of another.
    fn reissue(&self, name: &str, files: &Files, change: impl FnOnce(&mut CertificateParams)) {
        let mut params = CertificateParams::new([name.to_owned()]).unwrap();
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        std::fs::write(&files.certificate, certificate.pem()).unwrap();
        std::fs::write(&files.key, key.serialize_pem()).unwrap();
    }

    /// Asks for `/healthz`, trusting this authority alone: is the answer a good one?
    fn reaches(&self, hub: &str) -> bool {
        let certificate = Certificate::from_der(self.issuer.der()).to_owned();
        let tls = TlsConfig::builder().root_certs(RootCerts::new_with_certs(&[certificate])).build();
        let agent: ureq::Agent =
            ureq::Agent::config_builder().tls_config(tls).timeout_global(Some(PATIENCE)).build().into();
        agent.get(format!("{hub}/healthz")).call().is_ok()
    }
}

impl Files {
    /// What `serve` is told.
    fn args(&self) -> [&str; 4] {
        ["--tls-cert", self.certificate.to_str().unwrap(), "--tls-key", self.key.to_str().unwrap()]
    }
}

fn serve(files: &Files) -> Hub {
    Hub::start_on(tempfile::tempdir().unwrap(), &files.args())
}

/// Runs the program as a client of a hub, by someone who trusts this authority.
fn client(hub: &Hub, authority: &Authority, args: &[&str]) -> Value {
    let [(name, file)] = authority.trust();
    let environment = [("CALLBOARD_URL", hub.url.as_str()), ("CALLBOARD_KEY", &hub.key), (name, &file)];
    let output = callboard(args, &environment);
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn whoever_trusts_the_certificate_can_send_and_ask() {
    // given
    let authority = Authority::new("known");
    let hub = serve(&authority.issue(HERE, |_| ()));
    assert!(hub.url.starts_with("https://"), "{}", hub.url);
    assert!(authority.reaches(&hub.url));
    assert!(!Authority::new("stranger").reaches(&hub.url), "someone else's word for it is not enough");

    // when
    let source = client(&hub, &authority, &["source", "add", "viasto", "--json"]);
    let url = source["url"].as_str().unwrap();
    let sent = client(&hub, &authority, &["simulate", "viasto", "--to", url, "--count", "2", "--json"]);

    // then
    assert!(url.starts_with("https://"), "{url}");
    assert_eq!(sent["accepted"], sent["sent"]);
    let receipts = client(&hub, &authority, &["receipt", "list", "--limit", "200", "--json"]);
    assert_eq!(receipts["items"].as_array().unwrap().len(), sent["sent"]);
}

#[test]
fn a_client_who_does_not_trust_the_certificate_says_so() {
    let hub = serve(&Authority::new("known").issue(HERE, |_| ()));
    let stranger = Authority::new("stranger");
    let [(name, file)] = stranger.trust();
    let environment = [("CALLBOARD_URL", hub.url.as_str()), ("CALLBOARD_KEY", &hub.key), (name, &file)];
    let output = callboard(&["source", "list"], &environment);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("certificate"), "{said}");
}

#[test]
fn a_new_certificate_is_taken_up_while_the_hub_runs_and_a_broken_one_is_not() {
    // given
    let (old, new) = (Authority::new("old"), Authority::new("new"));
    let files = old.issue(HERE, |_| ());
    let data = tempfile::tempdir().unwrap();
    let mut hub = Command::new(CALLBOARD)
        .args(["serve", "--listen", "127.0.0.1:0", "--log", "warn", "--data"])
        .arg(data.path())
        .args(files.args())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let url = listening_on(&mut hub);
    let log = Said::by(hub.stderr.take().unwrap());

    // when the files are replaced by something that is no certificate
    std::fs::write(&files.certificate, "not yet").unwrap();
    let warning = log.next().unwrap();
    // then the old one stays
    assert!(warning.contains("cert.pem") && warning.contains("the old one stays"), "{warning}");
    assert!(old.reaches(&url));

    // when they are replaced by a certificate
    new.reissue(HERE, &files, |_| ());
    // then it is the one that is shown
    until("the new certificate is shown", || new.reaches(&url));
    assert!(!old.reaches(&url));
    hub.kill().unwrap();
    hub.wait().unwrap();
}

#[test]
fn a_hub_does_not_start_with_a_certificate_that_is_none_or_another_key_s() {
    let authority = Authority::new("known");
    let files = authority.issue(HERE, |_| ());
    let data = tempfile::tempdir().unwrap();
    let start = |why: &str| {
        let mut args = vec!["serve", "--listen", "127.0.0.1:0", "--data", data.path().to_str().unwrap()];
        args.extend(files.args());
        let output = callboard(&args, &[]);
        assert_eq!(output.status.code(), Some(1), "{why}");
        String::from_utf8_lossy(&output.stderr).into_owned()
    };

    std::fs::write(&files.key, KeyPair::generate().unwrap().serialize_pem()).unwrap();
    let said = start("another key");
    assert!(said.contains("key.pem"), "{said}");

    std::fs::write(&files.certificate, "").unwrap();
    let said = start("no certificate");
    assert!(said.contains("cert.pem") && said.contains("no certificate"), "{said}");
}

#[test]
fn an_endpoint_with_a_trusted_certificate_is_told() {
    // given
    let authority = Authority::new("known");
    let receiving = serve(&authority.issue(HERE, |_| ()));
    let source = client(&receiving, &authority, &["source", "add", "standard", "--secret", SECRET, "--json"]);

    // when
    let hub = telling(&authority, source["url"].as_str().unwrap());
    hub.settle();

    // then
    let deliveries = hub.all("/v1/deliveries");
    assert!(deliveries.iter().all(|it| it["state"] == "delivered"), "{deliveries:?}");
    let receipts = client(&receiving, &authority, &["receipt", "list", "--json"]);
    assert_eq!(receipts["items"].as_array().unwrap().len(), deliveries.len());
}

#[test]
fn an_endpoint_whose_certificate_is_not_as_it_should_be_is_not_told_and_the_attempt_says_why() {
    let (authority, stranger) = (Authority::new("known"), Authority::new("stranger"));
    let long_ago = |params: &mut CertificateParams| {
        params.not_before = rcgen::date_time_ymd(2020, 1, 1);
        params.not_after = rcgen::date_time_ymd(2021, 1, 1);
    };
    let cases = [
        (stranger.issue(HERE, |_| ()), "UnknownIssuer"),
        (authority.issue("hooks.example.com", |_| ()), "not valid for name"),
        (authority.issue(HERE, long_ago), "expired"),
    ];
    for (files, why) in cases {
        let receiving = serve(&files);
        let hub = telling(&authority, &receiving.url);

        let delivery = || hub.all("/v1/deliveries").pop().unwrap();
        until("it was tried", || delivery()["attempts"] == 1);

        let path = format!("/v1/deliveries/{}/attempts", delivery()["id"].as_str().unwrap());
        let attempt = hub.get(&path)["items"][0].clone();
        let error = attempt["error"].as_str().unwrap();
        assert!(error.contains("no secure connection could be made") && error.contains(why), "{error}");
        assert_eq!((&delivery()["state"], &attempt["status"]), (&json!("pending"), &Value::Null));
    }
}

/// A hub that trusts this authority, and owes an endpoint the beginning of an interview.
fn telling(authority: &Authority, to: &str) -> Hub {
    let [(name, file)] = authority.trust();
    let hub = Hub::start_in(tempfile::tempdir().unwrap(), &[], &[(name, &file)]);
    hub.endpoint(to, "standard", &json!({"credentials": {"secret": SECRET}, "retry": {"schedule": ["1h"]}}));
    let account = Account::open(&hub, Platform::Skype);
    account.tell(&account.letters(0)[0]);
    hub
}

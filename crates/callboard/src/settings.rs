//! The settings in force: the command line, else the environment, else the file, else what the contract says.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{Context, bail, ensure};
use callboard_ledger::Keep;
use callboard_outbox::AddressGuard;
use serde::Serialize;
use serde_json::{Value, json};
use url::Url;

use crate::cli::{Kept, LogFormat, ServeArgs};

const LISTEN: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 7700);
/// Where everything is kept if nothing else is said.
pub(crate) const DATA: &str = "callboard-data";
/// What is logged if nothing else is said.
const LOG: &str = "info";
/// Raw requests serve to look into what went wrong lately, and hold what applicants wrote.
const KEEP_RECEIPTS: Kept = Kept::days(30);
/// A person has to see to what nobody understood.
const KEEP_QUARANTINED: Kept = Kept::days(90);
/// For as long as partners ask whether they were told.
const KEEP_EVENTS: Kept = Kept::days(90);
/// Characters of an admin key that is given: a shorter one could be guessed.
const ADMIN_KEY_CHARACTERS: usize = 20;
/// Settings of which only is told whether they were made.
const SECRETS: [&str; 2] = ["admin-key", "store"];

/// What `serve` runs with.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) listen: SocketAddr,
    pub(crate) data: PathBuf,
    /// The database that everything is kept in, if it is not in files.
    pub(crate) store: Option<String>,
    pub(crate) public_url: Option<String>,
    /// The certificate chain and its key.
    pub(crate) tls: Option<(PathBuf, PathBuf)>,
    pub(crate) guard: AddressGuard,
    pub(crate) keep: Keep,
    pub(crate) log_format: LogFormat,
    pub(crate) log: String,
    pub(crate) admin_key: Option<String>,
}

impl Settings {
    /// Works the settings out. `given` holds the command line and the environment already.
    pub(crate) fn resolve(given: ServeArgs) -> anyhow::Result<Self> {
        let file = of_file(&given)?;
        let tls = match (given.tls_cert.or(file.tls_cert), given.tls_key.or(file.tls_key)) {
            (Some(chain), Some(key)) => Some((chain, key)),
            (None, None) => None,
            _ => bail!("HTTPS needs both --tls-cert and --tls-key"),
        };
        let public_url = given.public_url.or(file.public_url).as_deref().map(public_url).transpose()?;
        let admin_key = given.admin_key.or(file.admin_key).as_deref().map(admin_key).transpose()?;
        Ok(Self {
            listen: given.listen.or(file.listen).unwrap_or(LISTEN),
            data: given.data.or(file.data).unwrap_or_else(|| DATA.into()),
            store: given.store.or(file.store),
            public_url,
            tls,
            guard: AddressGuard {
                allow_http: given.allow_http.or(file.allow_http).unwrap_or(false),
                allow_networks: given.allow_network.or(file.allow_network).unwrap_or_default(),
            },
            keep: Keep {
                receipts: given.keep_receipts.or(file.keep_receipts).unwrap_or(KEEP_RECEIPTS).0,
                quarantined: given.keep_quarantined.or(file.keep_quarantined).unwrap_or(KEEP_QUARANTINED).0,
                events: given.keep_events.or(file.keep_events).unwrap_or(KEEP_EVENTS).0,
            },
            log_format: given.log_format.or(file.log_format).unwrap_or_default(),
            log: given.log.or(file.log).unwrap_or_else(|| LOG.to_owned()),
            admin_key,
        })
    }
}

/// What the file says that was named.
fn of_file(given: &ServeArgs) -> anyhow::Result<ServeArgs> {
    let Some(path) = &given.config else { return Ok(ServeArgs::default()) };
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    toml::from_str(&text).with_context(|| format!("in {}", path.display()))
}

/// How the hub is reached from outside, without a slash at its end: other addresses are made by writing on.
fn public_url(given: &str) -> anyhow::Result<String> {
    let url = Url::parse(given).with_context(|| format!("public-url: `{given}` is no URL"))?;
    let can_go_on = url.query().is_none() && url.fragment().is_none();
    let is_bare = url.username().is_empty() && url.password().is_none();
    ensure!(
        matches!(url.scheme(), "http" | "https") && url.has_host() && can_go_on && is_bare,
        "public-url: `{given}` is not of the form https://hooks.example.com, with a path after it or none"
    );
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

/// A key as requests bring it, who have it in a header.
fn admin_key(given: &str) -> anyhow::Result<String> {
    let key = given.trim();
    ensure!(
        key.len() >= ADMIN_KEY_CHARACTERS && key.bytes().all(|byte| byte.is_ascii_graphic()),
        "admin-key: a key has at least {ADMIN_KEY_CHARACTERS} characters, all of them visible ASCII"
    );
    Ok(key.to_owned())
}

/// What holds where nothing is said.
fn defaults() -> ServeArgs {
    ServeArgs {
        listen: Some(LISTEN),
        data: Some(DATA.into()),
        allow_http: Some(false),
        allow_network: Some(Vec::new()),
        keep_receipts: Some(KEEP_RECEIPTS),
        keep_quarantined: Some(KEEP_QUARANTINED),
        keep_events: Some(KEEP_EVENTS),
        log_format: Some(LogFormat::default()),
        log: Some(LOG.to_owned()),
        ..ServeArgs::default()
    }
}

/// A setting, and where it comes from.
#[derive(Debug, Serialize)]
pub(crate) struct Setting {
    pub(crate) name: String,
    /// `command line`, `environment`, `file` or `default`.
    pub(crate) from: &'static str,
    /// Nothing if there is none; `(hidden)` for a secret.
    pub(crate) value: Value,
}

/// The settings that `serve` would run with. `of_environment` names what is given by the environment rather than on the
/// command line.
pub(crate) fn in_force(given: &ServeArgs, of_environment: &[String]) -> anyhow::Result<Vec<Setting>> {
    Settings::resolve(given.clone())?;
    let layers = [json!(given), json!(of_file(given)?), json!(defaults())];
    let names = layers[0].as_object().into_iter().flat_map(|members| members.keys());
    let mut settings: Vec<Setting> = names.map(|name| setting(name, &layers, of_environment)).collect();
    if let Some(path) = &given.config {
        let from = said_by("config", of_environment);
        settings.insert(0, Setting { name: "config".to_owned(), from, value: json!(path) });
    }
    Ok(settings)
}

fn setting(name: &str, [given, file, default]: &[Value; 3], of_environment: &[String]) -> Setting {
    let (from, value) = match (&given[name], &file[name]) {
        (Value::Null, Value::Null) => ("default", &default[name]),
        (Value::Null, of_file) => ("file", of_file),
        (said, _) => (said_by(name, of_environment), said),
    };
    let is_hidden = SECRETS.contains(&name) && !value.is_null();
    let value = if is_hidden { json!("(hidden)") } else { value.clone() };
    Setting { name: name.to_owned(), from, value }
}

fn said_by(name: &str, of_environment: &[String]) -> &'static str {
    if of_environment.iter().any(|it| it == name) { "environment" } else { "command line" }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        file
    }

    #[test]
    fn the_command_line_wins_over_the_file_and_the_file_over_the_default() {
        let file = file("listen = '127.0.0.1:1'\ndata = '/from/file'\nallow-network = ['10.0.0.0/8']\n");
        let given = ServeArgs {
            config: Some(file.path().to_owned()),
            listen: Some("127.0.0.1:2".parse().unwrap()),
            ..ServeArgs::default()
        };

        let settings = Settings::resolve(given).unwrap();

        assert_eq!(settings.listen, "127.0.0.1:2".parse().unwrap());
        assert_eq!(settings.data, PathBuf::from("/from/file"));
        assert_eq!(settings.guard.allow_networks, ["10.0.0.0/8".parse().unwrap()]);
        assert_eq!(settings.log, "info");
        assert_eq!(settings.keep.events, KEEP_EVENTS.0);
    }

    #[test]
    fn what_is_told_to_hold_by_default_is_what_holds() {
        let told = Settings::resolve(defaults()).unwrap();
        let holds = Settings::resolve(ServeArgs::default()).unwrap();
        assert_eq!(format!("{told:?}"), format!("{holds:?}"));
    }

    #[test]
    fn a_word_that_means_nothing_in_the_file_is_an_error() {
        let file = file("lissten = '127.0.0.1:1'\n");
        let error =
            Settings::resolve(ServeArgs { config: Some(file.path().to_owned()), ..ServeArgs::default() });
        assert!(format!("{:#}", error.unwrap_err()).contains("lissten"));
    }

    #[test]
    fn half_a_certificate_is_an_error() {
        let given = ServeArgs { tls_cert: Some("cert.pem".into()), ..ServeArgs::default() };
        assert!(Settings::resolve(given).is_err());
    }

    fn with(public_url: Option<&str>, admin_key: Option<&str>) -> anyhow::Result<Settings> {
        Settings::resolve(ServeArgs {
            public_url: public_url.map(str::to_owned),
            admin_key: admin_key.map(str::to_owned),
            ..ServeArgs::default()
        })
    }

    #[test]
    fn an_admin_key_that_could_be_guessed_or_never_be_sent_is_an_error() {
        let long = "k".repeat(ADMIN_KEY_CHARACTERS);
        for key in ["", " \n", &long[1..], &format!("{long} {long}"), &format!("{long}é")] {
            let error = with(None, Some(key)).unwrap_err().to_string();
            assert!(error.contains("admin-key") && (key.is_empty() || !error.contains(key)), "{error}");
        }
        let trimmed = with(None, Some(&format!("{long}\n"))).unwrap();
        assert_eq!(trimmed.admin_key, Some(long), "as requests bring it");
    }

    #[test]
    fn a_public_url_is_one_that_others_can_begin_with() {
        let taken = |url| with(Some(url), None).unwrap().public_url.unwrap();
        assert_eq!(taken("https://hooks.example.com"), "https://hooks.example.com");
        assert_eq!(taken("http://10.0.0.7:7700/"), "http://10.0.0.7:7700");
        assert_eq!(taken("https://Hooks.example.com/callboard/\n"), "https://hooks.example.com/callboard");
        for url in [
            "",
            "hooks.example.com",
            "hooks.example.com:443",
            "https://",
            "ftp://hooks.example.com",
            "https://hooks.example.com?x=1",
            "https://hooks.example.com/#in",
            "https://me:secret@hooks.example.com",
        ] {
            let error = with(Some(url), None).unwrap_err().to_string();
            assert!(error.contains("public-url"), "{url}: {error}");
        }
    }
}

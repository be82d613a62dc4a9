//! The settings in force: the command line, else the environment, else the file, else what the contract says.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{Context, bail};
use callboard_outbox::AddressGuard;

use crate::cli::{LogFormat, ServeArgs};

const LISTEN: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 7700);
const DATA: &str = "callboard-data";

/// What `serve` runs with.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) listen: SocketAddr,
    pub(crate) data: PathBuf,
    pub(crate) public_url: Option<String>,
    /// The certificate chain and its key.
    pub(crate) tls: Option<(PathBuf, PathBuf)>,
    pub(crate) guard: AddressGuard,
    pub(crate) log_format: LogFormat,
    pub(crate) log: String,
    pub(crate) admin_key: Option<String>,
}

impl Settings {
    /// Works the settings out. `given` holds the command line and the environment already.
    pub(crate) fn resolve(given: ServeArgs) -> anyhow::Result<Self> {
        let file = match &given.config {
            Some(path) => {
                let text = std::fs::read_to_string(path)
                    .with_context(|| format!("cannot read {}", path.display()))?;
                toml::from_str::<ServeArgs>(&text).with_context(|| format!("in {}", path.display()))?
            }
            None => ServeArgs::default(),
        };
        let tls = match (given.tls_cert.or(file.tls_cert), given.tls_key.or(file.tls_key)) {
            (Some(chain), Some(key)) => Some((chain, key)),
            (None, None) => None,
            _ => bail!("HTTPS needs both --tls-cert and --tls-key"),
        };
        let public_url = given.public_url.or(file.public_url).map(|url| url.trim_end_matches('/').to_owned());
        Ok(Self {
            listen: given.listen.or(file.listen).unwrap_or(LISTEN),
            data: given.data.or(file.data).unwrap_or_else(|| DATA.into()),
            public_url,
            tls,
            guard: AddressGuard {
                allow_http: given.allow_http.or(file.allow_http).unwrap_or(false),
                allow_networks: given.allow_network.or(file.allow_network).unwrap_or_default(),
            },
            log_format: given.log_format.or(file.log_format).unwrap_or_default(),
            log: given.log.or(file.log).unwrap_or_else(|| "info".to_owned()),
            admin_key: given.admin_key.or(file.admin_key),
        })
    }
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
}

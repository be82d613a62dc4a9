//! An address may name several hosts, of which one can be written at a time: a primary and those that follow it.

use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_postgres::config::Host;
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{Client, Config, Connection, Error, Socket};

use super::error::sentence;
use super::tls::Tls;
use crate::engine::EngineError;

/// A connection, and what is to be driven for it.
pub(super) type Connected = (Client, Connection<Socket, <Tls as MakeTlsConnect<Socket>>::Stream>);

/// Connects to the host that answers first of those that can be written. All are asked at once: one that is dead or hangs
/// holds up nobody.
pub(super) async fn connect(config: &Config, tls: &Tls, within: Duration) -> Result<Connected, EngineError> {
    let mut trying = JoinSet::new();
    for (name, config) in each(config) {
        let tls = tls.clone();
        trying.spawn(async move { (name, timeout(within, config.connect(tls)).await) });
    }
    let mut refusals = Vec::new();
    while let Some(tried) = trying.join_next().await {
        match tried {
            Ok((_, Ok(Ok(connected)))) => return Ok(connected),
            Ok((name, Ok(Err(error)))) => refusals.push((name, Some(error))),
            Ok((name, Err(_))) => refusals.push((name, None)),
            Err(error) => return Err(EngineError::Failed(error.to_string())),
        }
    }
    Err(refused(refusals))
}

fn refused(mut refusals: Vec<(String, Option<Error>)>) -> EngineError {
    if let [(_, only)] = &mut refusals[..]
        && let Some(error) = only.take()
    {
        return error.into();
    }
    let why = refusals.iter().map(|(name, error)| match error {
        Some(error) => format!("{name}: {}", sentence(error)),
        None => format!("{name} cannot be reached in time"),
    });
    EngineError::Failed(why.collect::<Vec<_>>().join("; "))
}

/// Each host of an address on its own, with its name.
fn each(config: &Config) -> Vec<(String, Config)> {
    let hosts = config.get_hosts().len().max(config.get_hostaddrs().len());
    if hosts < 2 {
        return vec![("the database".to_owned(), config.clone())];
    }
    (0..hosts).map(|index| one(config, index)).collect()
}

fn one(all: &Config, index: usize) -> (String, Config) {
    let mut config = without_hosts(all);
    let mut name = String::new();
    match all.get_hosts().get(index) {
        Some(Host::Tcp(host)) => {
            config.host(host);
            name.clone_from(host);
        }
        Some(Host::Unix(path)) => {
            config.host_path(path);
            name = path.display().to_string();
        }
        None => {}
    }
    if let Some(address) = all.get_hostaddrs().get(index) {
        config.hostaddr(*address);
        if name.is_empty() {
            name = address.to_string();
        }
    }
    if let Some(port) = all.get_ports().get(index).or(all.get_ports().first()) {
        config.port(*port);
        name = format!("{name}:{port}");
    }
    (name, config)
}

/// Everything else that an address says.
fn without_hosts(all: &Config) -> Config {
    let mut config = Config::new();
    config.ssl_mode(all.get_ssl_mode()).ssl_negotiation(all.get_ssl_negotiation());
    config.channel_binding(all.get_channel_binding()).target_session_attrs(all.get_target_session_attrs());
    config.keepalives(all.get_keepalives()).keepalives_idle(all.get_keepalives_idle());
    all.get_user().map(|user| config.user(user));
    all.get_password().map(|password| config.password(password));
    all.get_dbname().map(|name| config.dbname(name));
    all.get_options().map(|options| config.options(options));
    all.get_application_name().map(|name| config.application_name(name));
    all.get_connect_timeout().map(|time| config.connect_timeout(*time));
    all.get_tcp_user_timeout().map(|time| config.tcp_user_timeout(*time));
    all.get_keepalives_interval().map(|time| config.keepalives_interval(time));
    all.get_keepalives_retries().map(|retries| config.keepalives_retries(retries));
    config
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_host_has_its_own_port_and_everything_that_is_said_of_all() {
        let all: Config = "postgres://someone:secret@one:6001,two:6002/board?sslmode=require&connect_timeout=3\
            &target_session_attrs=read-write&application_name=callboard&options=-cgeqo%3Doff&keepalives_idle=7"
            .parse()
            .unwrap();
        let alone = |host: &str| {
            format!(
                "postgres://someone:secret@{host}/board?sslmode=require&connect_timeout=3\
                 &target_session_attrs=read-write&application_name=callboard&options=-cgeqo%3Doff&keepalives_idle=7"
            )
            .parse::<Config>()
            .unwrap()
        };

        let [(one, first), (two, second)] = each(&all).try_into().unwrap();

        assert_eq!((one.as_str(), two.as_str()), ("one:6001", "two:6002"));
        assert_eq!((first, second), (alone("one:6001"), alone("two:6002")));
    }

    #[test]
    fn hosts_may_share_a_port_and_have_their_addresses_looked_up_already() {
        let all: Config = "host=one,two hostaddr=10.0.0.1,10.0.0.2 port=6000 user=someone".parse().unwrap();
        let [(_, first), (two, second)] = each(&all).try_into().unwrap();
        assert_eq!(two, "two:6000");
        assert_eq!(first, "host=one hostaddr=10.0.0.1 port=6000 user=someone".parse().unwrap());
        assert_eq!(second, "host=two hostaddr=10.0.0.2 port=6000 user=someone".parse().unwrap());
    }
}

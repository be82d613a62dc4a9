//! Where a webhook may go.
//!
//! An endpoint's URL is written by someone outside, and the hub stands inside: without a guard it could be sent to
//! knock on its own neighbours' doors. So a URL is vetted when it is registered, and every address again when a
//! connection is opened to it. The address that was vetted is the one connected to: a name that answers differently
//! the second time gains nothing.

use std::future::Future;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, LazyLock};
use std::task::{Context, Poll};
use std::{io, vec};

use http::Uri;
use http::uri::Scheme;
use hyper_util::client::legacy::connect::dns::Name;
use ipnet::IpNet;
use tower_service::Service;
use url::{Host, Url};

/// The longest URL that an endpoint may have, in bytes.
pub const MAX_URL_BYTES: usize = 2048;

/// Networks that no webhook goes to, each with the reason; the first that holds an address speaks for it.
///
/// From IANA's special-purpose address registries and the clouds' own documentation. An IPv6 address with an IPv4
/// address inside is not looked up here but judged by what it carries, see [`embedded_ipv4`].
const CLOSED_NETWORKS: [(&str, &str); 39] = [
    ("169.254.169.254/32", "a cloud's metadata service"),
    ("169.254.170.2/32", "a cloud's container credentials service"),
    ("100.100.100.200/32", "a cloud's metadata service"),
    ("192.0.0.192/32", "a cloud's metadata service"),
    ("168.63.129.16/32", "a cloud's platform service"),
    ("fd00:ec2::254/128", "a cloud's metadata service"),
    ("0.0.0.0/32", "the unspecified address"),
    ("0.0.0.0/8", "this host on this network (RFC 791)"),
    ("10.0.0.0/8", "a private network (RFC 1918)"),
    ("100.64.0.0/10", "shared by a carrier's customers (RFC 6598)"),
    ("127.0.0.0/8", "loopback"),
    ("169.254.0.0/16", "link-local"),
    ("172.16.0.0/12", "a private network (RFC 1918)"),
    ("192.0.0.0/24", "set aside for protocols (RFC 6890)"),
    ("192.0.2.0/24", "for documentation (RFC 5737)"),
    ("192.88.99.0/24", "a 6to4 relay, withdrawn (RFC 7526)"),
    ("192.168.0.0/16", "a private network (RFC 1918)"),
    ("198.18.0.0/15", "for benchmarks (RFC 2544)"),
    ("198.51.100.0/24", "for documentation (RFC 5737)"),
    ("203.0.113.0/24", "for documentation (RFC 5737)"),
    ("224.0.0.0/4", "multicast"),
    ("255.255.255.255/32", "broadcast"),
    ("240.0.0.0/4", "reserved (RFC 1112)"),
    ("::/128", "the unspecified address"),
    ("::1/128", "loopback"),
    ("64:ff9b:1::/48", "a private translation prefix (RFC 8215)"),
    ("100::/64", "discarded on arrival (RFC 6666)"),
    ("2001:2::/48", "for benchmarks (RFC 5180)"),
    ("2001:db8::/32", "for documentation (RFC 3849)"),
    ("2001::/23", "set aside for protocols (RFC 2928)"),
    ("3fff::/20", "for documentation (RFC 9637)"),
    ("5f00::/16", "for segment routing (RFC 9602)"),
    ("fc00::/7", "a private network (RFC 4193)"),
    ("fe80::/10", "link-local"),
    ("fec0::/10", "site-local, withdrawn (RFC 3879)"),
    ("ff00::/8", "multicast"),
    ("::/3", "not part of the public internet (RFC 4291)"),
    ("4000::/2", "not part of the public internet (RFC 4291)"),
    ("8000::/1", "not part of the public internet (RFC 4291)"),
];

static CLOSED: LazyLock<Vec<(IpNet, &str)>> = LazyLock::new(|| {
    let network = |written: &str| written.parse().expect("each row of the table is a network");
    CLOSED_NETWORKS.map(|(written, why)| (network(written), why)).to_vec()
});

/// Decides which URLs may be registered and which addresses may be connected to.
#[derive(Debug, Clone, Default)]
pub struct AddressGuard {
    /// Lets `http:` URLs through, for development.
    pub allow_http: bool,
    /// Networks that are open although the table closes them.
    pub allow_networks: Vec<IpNet>,
}

impl AddressGuard {
    /// Vets a URL as it is registered and returns it in normal form, without its fragment.
    ///
    /// A host that is an address is vetted in whatever form it is written (`0x7f.1`, `2130706433`,
    /// `[::ffff:127.0.0.1]`). A name is not looked up: [`GuardedResolver::resolve`] does, here and at each connection.
    pub fn check_url(&self, written: &str) -> Result<Uri, Refusal> {
        if written.len() > MAX_URL_BYTES {
            return Err(Refusal::TooLong);
        }
        let mut url = Url::parse(written).map_err(|error| Refusal::Unreadable(error.to_string()))?;
        self.permits_scheme(url.scheme())?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Refusal::Userinfo);
        }
        match url.host() {
            None => return Err(Refusal::NoHost),
            Some(Host::Ipv4(address)) => self.permits(address.into())?,
            Some(Host::Ipv6(address)) => self.permits(address.into())?,
            Some(Host::Domain(name)) if is_localhost(name) => self.permits(Ipv4Addr::LOCALHOST.into())?,
            Some(Host::Domain(_)) => {}
        }
        url.set_fragment(None);
        Uri::try_from(String::from(url)).map_err(|error| Refusal::Unreadable(error.to_string()))
    }

    /// Vets what can be vetted of a destination before its name is looked up: the scheme, and a host that is an address.
    ///
    /// An address written in full never reaches the resolver, so this is the only look at it when a connection is opened.
    pub fn check_destination(&self, uri: &Uri) -> Result<(), Refusal> {
        self.permits_scheme(uri.scheme().map_or("", Scheme::as_str))?;
        let authority = uri.authority().ok_or(Refusal::NoHost)?;
        if authority.as_str().contains('@') {
            return Err(Refusal::Userinfo);
        }
        match bare_host(authority.host()).parse() {
            Ok(address) => self.permits(address),
            Err(_) => Ok(()),
        }
    }

    /// Whether a connection to `address` may be opened.
    pub fn permits(&self, address: IpAddr) -> Result<(), Refusal> {
        match self.why_closed(address) {
            None => Ok(()),
            Some(why) => Err(Refusal::Address { address, why }),
        }
    }

    fn why_closed(&self, address: IpAddr) -> Option<&'static str> {
        if self.allow_networks.iter().any(|network| network.contains(&address)) {
            return None;
        }
        if let IpAddr::V6(outer) = address
            && let Some(inner) = embedded_ipv4(outer)
        {
            return self.why_closed(inner.into());
        }
        CLOSED.iter().find(|(network, _)| network.contains(&address)).map(|(_, why)| *why)
    }

    fn permits_scheme(&self, scheme: &str) -> Result<(), Refusal> {
        match scheme {
            "https" => Ok(()),
            "http" if self.allow_http => Ok(()),
            other => Err(Refusal::Scheme(other.to_owned())),
        }
    }
}

/// `localhost` and the names below it always mean this machine (RFC 6761).
fn is_localhost(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    name == "localhost" || name.ends_with(".localhost")
}

/// A URI's host without the brackets around an IPv6 address.
pub(crate) fn bare_host(host: &str) -> &str {
    host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host)
}

/// The IPv4 address that a packet to `address` would end up at, when it is written into it.
fn embedded_ipv4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let ipv4 = |high: u16, low: u16| Some(Ipv4Addr::from((u32::from(high) << 16) | u32::from(low)));
    match address.segments() {
        // Unspecified and loopback would read as IPv4-compatible: they have rows of their own.
        [0, 0, 0, 0, 0, 0, 0, 0 | 1] => None,
        // IPv4-compatible and IPv4-mapped (RFC 4291), IPv4-translated (RFC 2765), NAT64 (RFC 6052), 6to4 (RFC 3056).
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low]
        | [0, 0, 0, 0, 0xffff, 0, high, low]
        | [0x64, 0xff9b, 0, 0, 0, 0, high, low]
        | [0x2002, high, low, ..] => ipv4(high, low),
        // Teredo (RFC 4380) hides its client's address by inverting it.
        [0x2001, 0, .., high, low] => ipv4(!high, !low),
        _ => None,
    }
}

/// Why a URL or an address is not allowed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// More than [`MAX_URL_BYTES`].
    #[error("the URL is longer than {MAX_URL_BYTES} bytes")]
    TooLong,
    /// Not an absolute URL.
    #[error("the URL cannot be read: {0}")]
    Unreadable(String),
    /// Neither `https` nor, where it is allowed, `http`.
    #[error("the URL's scheme {0:?} is not allowed, use https")]
    Scheme(String),
    /// Credentials in front of the host.
    #[error("the URL carries a user name or password, which would be written to logs: leave it out")]
    Userinfo,
    /// No host to connect to.
    #[error("the URL names no host")]
    NoHost,
    /// An address in a closed network.
    #[error("{address} is not allowed, it is {why}")]
    Address {
        /// The address that was refused.
        address: IpAddr,
        /// What it is, from the table.
        why: &'static str,
    },
    /// A name of which every address is in a closed network.
    #[error("{host} leads to {address}, which is not allowed, it is {why}")]
    Name {
        /// The name that was looked up.
        host: String,
        /// The first of its addresses.
        address: IpAddr,
        /// What that is, from the table.
        why: &'static str,
    },
}

/// Looks up the addresses of a name.
pub trait Lookup: Send + Sync {
    /// The addresses of `host` in the order in which they should be tried.
    fn lookup(&self, host: &str) -> LookingUp;
}

/// A look-up on its way.
pub type LookingUp = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>>;

/// Asks the system's resolver.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemLookup;

impl Lookup for SystemLookup {
    fn lookup(&self, host: &str) -> LookingUp {
        let host = host.to_owned();
        Box::pin(async move {
            let found = tokio::net::lookup_host((host, 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    }
}

/// Looks up names and lets only permitted addresses through.
#[derive(Clone)]
pub struct GuardedResolver {
    guard: Arc<AddressGuard>,
    lookup: Arc<dyn Lookup>,
}

impl GuardedResolver {
    /// A resolver that asks `lookup` and heeds `guard`.
    pub fn new(guard: Arc<AddressGuard>, lookup: Arc<dyn Lookup>) -> Self {
        Self { guard, lookup }
    }

    /// The permitted addresses of `host`, at least one, with port 0.
    pub async fn resolve(&self, host: &str) -> Result<Vec<SocketAddr>, ResolveError> {
        let found =
            self.lookup.lookup(host).await.map_err(|error| ResolveError::Failed(error.to_string()))?;
        let first = *found.first().ok_or(ResolveError::NoAddress)?;

        let permitted = found.into_iter().filter(|address| self.guard.permits(*address).is_ok());
        let permitted: Vec<_> = permitted.map(|address| SocketAddr::new(address, 0)).collect();
        match self.guard.why_closed(first) {
            Some(why) if permitted.is_empty() => {
                Err(Refusal::Name { host: host.to_owned(), address: first, why }.into())
            }
            _ => Ok(permitted),
        }
    }
}

impl Service<Name> for GuardedResolver {
    type Response = vec::IntoIter<SocketAddr>;
    type Error = ResolveError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, ResolveError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), ResolveError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let resolver = self.clone();
        Box::pin(async move { resolver.resolve(name.as_str()).await.map(Vec::into_iter) })
    }
}

/// Why a name led to no address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ResolveError {
    /// It has addresses, and none is allowed.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The resolver could not answer.
    #[error("{0}")]
    Failed(String),
    /// The resolver answered with nothing.
    #[error("it has no address")]
    NoAddress,
}
